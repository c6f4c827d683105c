import { expect } from 'chai';
import { resolveConfig } from '../../src/bus/config.ts';
import { recordForms } from '../../src/bus/recordForms.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';

describe('recordForms', () => {
  const form = recordForms(
    resolveConfig(
      {
        records: 'batched',
        compression: 'zstd',
        streams: {
          ticks: { patterns: ['ticks.*'], records: 'batched', messagesPerEntry: 50 },
          'a.b': { patterns: ['b.*'] },
        },
      },
      {},
    ),
  );

  it('are what each stream says, by the name of its partition; main has the bus its own', () => {
    expect(form('main.0')).to.deep.equal({ records: 'batched', compression: 'zstd', messagesPerEntry: 250 });
    expect(form('ticks.7')).to.deep.equal({ records: 'batched', compression: 'none', messagesPerEntry: 50 });
  });

  it('are an entry a message for every other stream', () => {
    for (const stream of ['a.b.0', 'replies.0']) expect(form(stream).records).to.equal('single');
  });

  it('are checked, with what they take', () => {
    const wrong: readonly (readonly [object, string])[] = [
      [{ records: 'many' }, "records is 'many': it takes one of single, batched"],
      [{ compression: 'gzip' }, "compression is 'gzip': it takes one of none, zstd, deflate"],
      [{ messagesPerEntry: 0 }, 'messagesPerEntry is 0: it takes a whole number from 1 to 10000'],
      [{ streams: { x: { patterns: ['x'], records: true } } }, 'streams.x.records is true: it takes one of'],
    ];
    for (const [config, said] of wrong) expect(() => resolveConfig(config, {})).to.throw(InvalidOptionError, said);
  });
});
