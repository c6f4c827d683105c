import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { MODES } from '../../src/cli/bench/modes.ts';
import { runSluice } from './support/runSluice.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('sluice', function () {
  this.timeout(60_000);

  it('prints its help, asked for or not', async () => {
    const runs = await Promise.all([runSluice(['--help']), runSluice([])]);
    for (const { code, output, errors } of runs) {
      expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
      expect(output).to.include('sluice bench');
    }
  });

  it('prints its version', async () => {
    expect(await runSluice(['--version'])).to.deep.equal({ code: 0, output: `${version}\n`, errors: '' });
  });

  it('prints the modes and the options of bench', async () => {
    const { code, output, errors } = await runSluice(['bench', '--help']);
    expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
    for (const mode of MODES) expect(output).to.match(new RegExp(`^  ${mode} `, 'm'));
    for (const flag of [
      'duration',
      'rate',
      'producers',
      'consumers',
      'payload',
      'store',
      'json',
      'html',
      'target-ms',
    ]) {
      expect(output).to.include(`--${flag} `);
    }
    expect(Math.max(...output.split('\n').map((line) => line.length))).to.be.at.most(130);
  });

  const wrong = [
    [['brench'], 2, "'brench'"],
    [['bench', '--rate', '0'], 2, '--rate'],
    [['bench', '--json', '/no/such/folder/x.json'], 2, '--json'],
    [['bench', '--store', 'redis://:secret@127.0.0.1:1'], 1, '127.0.0.1:1'],
  ] as const;
  for (const [args, exit, named] of wrong) {
    it(`ends with ${exit} and one sentence for ${args.join(' ')}`, async () => {
      const { code, output, errors } = await runSluice(args);
      expect(code).to.equal(exit);
      expect(output).to.equal('');
      expect(errors.trim().split('\n')).to.have.lengthOf(1);
      expect(errors).to.include(named).and.not.include('secret');
    });
  }

  it('says in one sentence that Node is too old', async () => {
    const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.14.0' } })";
    const { code, errors } = await runSluice(['--version'], { node: ['--import', `data:text/javascript,${older}`] });
    expect({ code, errors }).to.deep.equal({
      code: 1,
      errors: 'Sluice needs Node 22.15 or newer, and this is Node 22.14.0.\n',
    });
  });
});
