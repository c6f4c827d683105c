import { expect } from 'chai';
import type { BenchReport } from '../../../src/cli/bench/report.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { ReportFolder, runSluice, type SluiceRun } from '../support/runSluice.ts';

describe('sluice bench', function () {
  this.timeout(120_000);

  describe('quick, on memory', () => {
    let folder: ReportFolder;
    let run: SluiceRun;
    let report: BenchReport;

    before(async () => {
      folder = new ReportFolder();
      const files = ['--json', folder.file('report.json'), '--html', folder.file('report.html')];
      run = await runSluice(['bench', '--duration', '900ms', '--rate', '200', ...files]);
      report = JSON.parse(folder.read('report.json'));
    });
    after(() => folder[Symbol.dispose]());

    it('ends well, with a bit of everything', () => {
      expect(run.code, run.errors).to.equal(0);
      const titles = report.sections.map(({ title }) => title);
      expect(titles).to.deep.equal(['Throughput', 'Latency of critical messages', 'Patterns', 'Cost as work grows']);
      for (const title of titles) expect(run.output).to.include(`\n${title}\n`);
    });

    it('tells what it does in plain lines, where there is no terminal', () => {
      expect(run.errors.split('\n')).to.include.members([
        'publish',
        'latency, idle bus',
        'latency, low tier saturated',
      ]);
      expect(run.errors + run.output).not.to.include('\u001b');
    });

    it('writes settings and machine', () => {
      expect(report.settings).to.include({
        mode: 'quick',
        store: 'memory',
        durationMs: 900,
        rate: 200,
        payloadBytes: 200,
      });
      expect(report.machine).to.include({ node: process.versions.node });
      expect(report.interrupted).to.equal(false);
    });

    it('writes percentiles, the whole curve, buckets and a time series of each latency', () => {
      const latency = report.sections[1]?.latencies?.find(({ name }) => name === 'idle bus')?.figures;
      // 150 ms at 200 messages a second.
      expect(latency?.count).to.equal(30);
      expect(Object.keys(latency?.percentilesMs ?? {})).to.include.members(['50', '99', '99.9']);
      expect(latency?.curve.at(-1)).to.deep.equal([100, latency?.maxMs]);
      expect(latency?.buckets.reduce((sum, { count }) => sum + count, 0)).to.equal(30);
      expect(report.sections[1]?.series?.[0]?.points).not.to.be.empty;
    });

    it('handles every message once', () => {
      const figures = report.sections[1]?.figures ?? [];
      expect(figures.filter(({ name }) => name.endsWith(': handled')).map(({ value }) => value)).to.deep.equal([
        30, 30,
      ]);
      expect(figures.filter(({ name }) => /not handled|more than once|refused/.test(name))).to.deep.equal([]);
    });

    it('measures the cost of what grows at each point', () => {
      const growth = report.sections[3]?.growth ?? [];
      expect(growth.map(({ of }) => of)).to.deep.equal(['backlog', 'payload', 'streams', 'consumers']);
      for (const { points } of growth) {
        expect(points.length).to.be.at.least(3);
        for (const { microseconds } of points) expect(microseconds).to.be.greaterThan(0);
      }
    });

    it('writes a page that needs nothing else', () => {
      const page = folder.read('report.html');
      expect(page).to.include('<h2>Latency of critical messages</h2>').and.include('uPlot');
      expect(page).not.to.match(/(src|href)="|@import|url\(/);
    });
  });

  it('ends at Ctrl-C with what was measured until then', async () => {
    using folder = new ReportFolder();
    let interrupted = false;
    const { code, output } = await runSluice(['bench', 'soak', '--rate', '500', '--json', folder.file('r.json')], {
      onError(text, child) {
        if (interrupted || !text.includes('soak · ')) return;
        interrupted = true;
        child.kill('SIGINT');
      },
    });
    expect(code).to.equal(130);
    expect(output).to.include('Soak');
    const report: BenchReport = JSON.parse(folder.read('r.json'));
    expect(report.interrupted).to.equal(true);
    const handled = report.sections[0]?.figures.find(({ name }) => name === 'soak: handled')?.value;
    expect(handled).to.be.within(1, 5_000);
  });

  describe('on Redis', () => {
    const redis = redisFixture();

    it('leaves what is there alone, and nothing of its own behind', async () => {
      await redis.outside.set('sluice:{main.0}:normal', 'somebody else’s');
      const keys = () => redis.outside.keys('*');
      let own = 0;
      const looking = setInterval(() => void keys().then((found) => (own = Math.max(own, found.length))), 20);
      const args = ['bench', 'load', '--rate', '200', '--duration', '500ms', '--producers', '2', '--consumers', '2'];
      const { code, output, errors } = await runSluice([...args, '--store', redis.server.url]);
      clearInterval(looking);
      expect(code, errors).to.equal(0);
      expect(output).to.match(/load: handled +100\b/);
      expect(own).to.be.greaterThan(1);
      expect(await keys()).to.deep.equal(['sluice:{main.0}:normal']);
      expect(await redis.outside.get('sluice:{main.0}:normal')).to.equal('somebody else’s');
    });

    it('clears its namespace at Ctrl-C too', async () => {
      const { code } = await runSluice(['bench', 'throughput', '--store', redis.server.url], {
        onError: (text, child) => void (text.endsWith('publish\n') && child.kill('SIGTERM')),
      });
      expect(code).to.equal(143);
      expect((await redis.outside.keys('*')).filter((key) => key.startsWith('sluice-bench'))).to.deep.equal([]);
    });
  });
});
