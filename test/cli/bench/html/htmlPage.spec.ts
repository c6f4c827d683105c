import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { htmlPage } from '../../../../src/cli/bench/html/htmlPage.ts';
import { plotsOf } from '../../../../src/cli/bench/html/plots.ts';
import { LatencyHistogram } from '../../../../src/cli/bench/measuring/latencyHistogram.ts';
import type { BenchReport, Section } from '../../../../src/cli/bench/report.ts';

function latencies(): NonNullable<Section['latencies']> {
  const histogram = new LatencyHistogram();
  for (let ms = 1; ms <= 100; ms++) histogram.record(ms);
  const figures = histogram.figures();
  return figures
    ? [
        { name: 'a < b', figures },
        { name: 'sent late by', figures, generator: true },
      ]
    : [];
}

const SECTION: Section = {
  title: 'Latency </script><script>alert(1)</script>',
  how: 'How',
  figures: [{ name: 'publish', value: 12_345, unit: 'msg/s' }],
  latencies: latencies(),
  growth: [{ of: 'backlog', unit: 'messages', points: [10, 100, 1_000].map((at) => ({ at, microseconds: 2 })) }],
};

const REPORT: BenchReport = {
  title: 'sluice bench quick',
  version: '1.2.3',
  startedAt: '2026-01-02T03:04:05.678Z',
  endedAt: '2026-01-02T03:05:05.678Z',
  interrupted: true,
  settings: { mode: 'quick', durationMs: 30_000, payloadBytes: 200 },
  machine: { cpu: 'a cpu', cores: 2, memoryGiB: 8, os: 'linux', node: '24', server: 'none' },
  sections: [SECTION],
  notices: [{ code: 'STORE_RETRY', count: 3, message: 'tried <again>' }],
};

/** The text of a script of the page. */
const script = (page: string, opening: string) => page.split(opening)[1]?.split('</script>')[0] ?? '';

describe('htmlPage', () => {
  const page = htmlPage(REPORT);

  it('tells settings in words, the figures, the notices, and that it was ended early', () => {
    expect(page).to.include('<b>duration</b> 30 s').and.include('<b>payload</b> 200 bytes');
    expect(page).to.include('12,345').and.include('STORE_RETRY').and.include('Ended early');
  });

  it('lets nothing of the report be markup', () => {
    expect(page).to.include('Latency &lt;/script&gt;').and.include('tried &lt;again&gt;').and.include('a &lt; b');
    expect(page).not.to.include('<script>alert');
  });

  it('holds the data of each plot that it has a place for', () => {
    const data = script(page, '<script type="application/json" id="plots">');
    expect(data).not.to.include('<');
    const plots = JSON.parse(data);
    expect(plots).to.have.lengthOf(3);
    const places = [...page.matchAll(/<figure data-plot="(\d+)">/g)].map(([, at]) => Number(at));
    expect(places).to.deep.equal([0, 1, 2]);
  });

  it('brings the library that draws, whole and with its licence', () => {
    const library = script(page, '<script>');
    expect(library).to.include('The MIT License').and.include('Leon Sorokin');
    expect(runInNewContext(`${library}; typeof uPlot`)).to.equal('function');
  });
});

describe('plotsOf', () => {
  it('draws percentiles and a histogram of messages, and not how late the generator was', () => {
    const [percentiles, histogram] = plotsOf(SECTION);
    expect(percentiles?.lines.map(({ name }) => name)).to.deep.equal(['a < b']);
    expect(percentiles?.x.scale).to.equal('rest');
    // The median stands where one in two is slower, the longest where one in all hundred is.
    expect(percentiles?.lines[0]?.points.find(([at]) => at === 2)?.[1]).to.be.closeTo(50, 0.2);
    expect(percentiles?.lines[0]?.points.at(-1)?.[0]).to.equal(100);
    expect(histogram?.lines[0]?.style).to.equal('steps');
  });

  it('draws what a message costs beside what it would in proportion', () => {
    const cost = plotsOf(SECTION).at(-1);
    expect(cost?.title).to.equal('Cost of a message as the backlog grows');
    expect(cost?.lines[1]?.points).to.deep.equal([
      [10, 2],
      [100, 20],
      [1_000, 200],
    ]);
  });

  it('draws nothing that has a single point', () => {
    const growth = [{ of: 'backlog', unit: 'messages', points: [{ at: 1, microseconds: 1 }] }];
    expect(plotsOf({ ...SECTION, latencies: [], growth })).to.deep.equal([]);
  });

  it('draws throughput, latency and memory over time', () => {
    const at = (atMs: number) => ({ atMs, sentPerSecond: 5, handledPerSecond: 4, waiting: 1 });
    const memory = { p50Ms: 1, p99Ms: 2, maxMs: 3, heapBytes: 1024 ** 2, rssBytes: 2 * 1024 ** 2 };
    const points = [1_000, 2_000].map((atMs) => ({ ...at(atMs), ...memory }));
    const plots = plotsOf({ title: '', how: '', figures: [], series: [{ name: 'load', points }] });
    expect(plots.map(({ title }) => title)).to.deep.equal([
      'Throughput over time',
      'Latency over time',
      'Memory over time',
    ]);
    expect(plots[2]?.lines.map(({ name, points }) => [name, points[0]?.[1]])).to.deep.equal([
      ['heap', 1],
      ['RSS', 2],
    ]);
  });
});
