import { expect } from 'chai';
import { parseOptions, UsageError } from '../../../examples/macro-desk/options.ts';

describe('macro-desk parseOptions', () => {
  it('asks for one run on recordings, in memory, by default', () => {
    expect(parseOptions([])).to.deep.equal({
      live: false,
      dbnomics: 'https://api.db.nomics.world/v22',
      store: undefined,
      otlp: undefined,
      repeat: 1,
      out: undefined,
      help: false,
    });
  });

  it('reads every flag', () => {
    const args = [
      '--live',
      '--dbnomics-url',
      'http://mirror/v22',
      '--store',
      'rediss://u:p@h:1/2',
      '--otlp=http://localhost:4318',
      '--repeat',
      '20',
      '--out',
      'x',
      '--help',
    ];
    expect(parseOptions(args)).to.deep.equal({
      live: true,
      dbnomics: 'http://mirror/v22',
      store: 'rediss://u:p@h:1/2',
      otlp: 'http://localhost:4318',
      repeat: 20,
      out: 'x',
      help: true,
    });
  });

  const wrong = [
    [['--stor', 'x'], "'--stor'"],
    [['more'], "'more'"],
    [['--store'], '--store'],
    [['--store', '127.0.0.1'], '--store'],
    [['--live', '--dbnomics-url', 'mirror'], '--dbnomics-url'],
    [['--dbnomics-url', 'http://mirror/v22'], 'without --live'],
    [['--otlp', 'localhost:4318'], '--otlp'],
    [['--repeat', '0'], '--repeat'],
    [['--repeat', '1.5'], '--repeat'],
    [['--repeat', 'many'], '--repeat'],
    [['--out', ''], '--out'],
  ] as const;
  for (const [args, named] of wrong) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw(UsageError, named);
    });
  }

  it('does not repeat a URL that is wrong: it may hold a password', () => {
    expect(() => parseOptions(['--store', 'user:secret@host']))
      .to.throw(UsageError)
      .that.has.property('message')
      .that.does.not.include('secret');
  });
});
