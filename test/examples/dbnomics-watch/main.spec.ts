import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const ROOT = join(import.meta.dirname, '../../..');

describe('dbnomics-watch main', function () {
  this.timeout(60_000);
  const state = mkdtempSync(join(tmpdir(), 'dbnomics-watch-'));
  after(() => rmSync(state, { recursive: true }));

  /** What it prints, run as a process of its own. */
  async function run(...args: readonly string[]): Promise<readonly string[]> {
    const command = ['--import', 'tsx', 'examples/dbnomics-watch/main.ts', '--state', state, ...args];
    const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    const [code] = await once(child, 'close');
    expect({ code, errors }).to.deep.equal({ code: 0, errors: '' });
    return output.trimEnd().split('\n').slice(1);
  }

  it('walks a dataset and tells what it finds in the series that it watches', async () => {
    expect(await run()).to.deep.equal([
      'walk   BIS/cbpol/M.AR: 13 values of 20 periods',
      'walk   BIS/cbpol/M.IN: 13 values of 14 periods',
      'walk   BIS/cbpol/M.US: 10 values of 16 periods',
      'walk   3 series',
      'watch  ECB/EXR/D.USD.EUR.SP00.A: 2 new, the last 1.1225 of 2026-10-02',
      'watch  INE-SPAIN/30680/CNTR4757: 12 new, the last 380391 of 2024-Q1',
      'watch  IMF/WEO:2025-04/NPL.NGDP_RPCH.pcent_change: 16 new, the last 4.999 of 2030',
    ]);
  });

  it('tells nothing twice after a restart', async () => {
    expect(await run()).to.deep.equal(['walk   nothing is left: an earlier run was at the end']);
  });

  it('tells what has changed when it has', async () => {
    expect(await run('--next-day')).to.deep.equal([
      'walk   nothing is left: an earlier run was at the end',
      'watch  ECB/EXR/D.USD.EUR.SP00.A: 1 new, the last 1.1231 of 2026-10-05',
      '       2026-10-02 was 1.1225, is 1.1226',
    ]);
  });
});
