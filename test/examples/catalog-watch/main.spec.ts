import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseOptions } from '../../../examples/catalog-watch/options.ts';
import { runWatch } from '../../../examples/catalog-watch/runWatch.ts';
import { DatagovServer, generatedHit } from '../../support/datagovServer.ts';

const ROOT = join(import.meta.dirname, '../../..');
const never = new AbortController().signal;
const NASA =
  '2025-08-03 15:49  National Aeronautics and Space Administration: Mirador - Climate Variability and Change';

/** Runs it as a process of its own, as a reader would. */
function runMain(...args: string[]): Promise<{ code: number | string; out: string[]; errors: string }> {
  const command = ['--import', 'tsx', 'examples/catalog-watch/main.ts', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, out: stdout.trimEnd().split('\n'), errors: stderr }),
    );
  });
}

describe('catalog-watch', function () {
  this.timeout(30_000);

  it('plays back what was recorded, says so, and ends', async () => {
    const { code, out, errors } = await runMain();
    expect([code, errors]).deep.equal([0, '']);
    expect(out[0]).equal('catalog watch: answers of Data.gov that were recorded');
    expect(out.slice(1).sort()).deep.equal([
      '2025-08-02 16:06  City of New York: NYC Climate Budgeting Report: Climate Alignment Assessment and Capital Climate Investments (unreadable: HTML, a page to sign in perhaps, in place of csv)',
      `${NASA} (no CSV)`,
      '2025-08-10 09:23  State of New York: NYS Climate Impacts Assessment: Climate Change Projections (CSV of 5 columns: Region, Period, Indicator, …)',
      '2026-03-07 20:07  City of Los Angeles: Crime Data from 2020 to 2024 (CSV of 5 columns: DR_NO, Date Rptd, AREA NAME, …)',
    ]);
  });

  it('refuses a wrong command line in a sentence', async () => {
    const { code, errors } = await runMain('--count', 'x');
    expect([code, errors]).deep.equal([2, "--count is 'x': it takes a whole number from 1 to 999999\n"]);
    expect((await runMain('--help')).out[2]).contain('npx tsx examples/catalog-watch/main.ts');
  });

  it('asks the real catalog with --live, and goes on from its state', async () => {
    const server = await DatagovServer.start();
    const state = await mkdtemp(join(tmpdir(), 'catalog-watch-'));
    try {
      const last_harvested_date = new Date(Date.now() - 60_000).toISOString().slice(0, -1);
      const distribution = [{ mediaType: 'text/csv', downloadURL: server.file('a.csv') }];
      server.files.set('a.csv', { body: 'a,b\n1,2\n', type: 'text/csv' });
      const hit = (i: number) => generatedHit(i, { last_harvested_date, dcat: { distribution } });
      server.docs = [hit(1), hit(2)];
      const run = async (count: number) => {
        const lines: string[] = [];
        const options = parseOptions(['--live', '--count', String(count), '--state', state]);
        await runWatch(options, (line) => lines.push(line.replace(/^.*Generator: /, '')), never, server.direct);
        return lines;
      };
      const found = (i: number) => `Generated ${i} (CSV of 2 columns: a, b)`;
      const [said, ...first] = await run(2);
      expect(said).equal('catalog watch: Data.gov, live');
      expect(first.sort()).deep.equal([found(1), found(2)]);
      server.docs = [...server.docs, hit(3), hit(4)];
      const [again, ...second] = await run(2);
      expect(again).equal(said);
      expect(second.sort()).deep.equal([found(3), found(4)]);
    } finally {
      await server.stop();
      await rm(state, { recursive: true });
    }
  });

  it('falls back to the recordings without internet, and says so in a sentence', async () => {
    const lines: string[] = [];
    const offline: typeof fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ENOTFOUND' }) });
    };
    const state = join(tmpdir(), `catalog-watch-${process.pid}`);
    const options = parseOptions(['--live', '--state', state]);
    await runWatch(options, (line) => lines.push(line), never, { fetch: offline });
    expect(existsSync(state), 'recordings in the state of the real catalog').equal(false);
    expect(lines[0]).equal(
      "catalog watch: Data.gov can't be reached from here (HTTP_NETWORK), so these are recorded answers",
    );
    expect(lines.length).equal(5);
  });
});
