import { expect } from 'chai';
import { type MeasureOptions, measure } from '../../bench/measure.ts';
import type { Finding, Scenario, Side } from '../../bench/scenario.ts';

const OPTIONS: MeasureOptions = { redisUrl: '', messages: 100, runs: 3, progress: () => undefined };

/** A side that finds these figures, one a run, and tells of what becomes of it. */
function sides(name: string, findings: readonly Finding[], log: string[] = []): () => Promise<Side> {
  let turn = 0;
  return async () => ({
    run: async () => {
      log.push(name);
      return findings[turn++];
    },
    close: async () => void log.push(`${name} closed`),
  });
}

const figures = (...values: readonly number[]) => values.map((figure) => ({ figure }));

const scenario = (overrides: Partial<Scenario> = {}): Scenario => ({
  name: 'x',
  unit: 'msg/s',
  baselineName: 'a loop',
  redis: false,
  ours: sides('ours', figures(0, 300, 100, 200)),
  baseline: sides('baseline', figures(0, 100, 100, 100)),
  ...overrides,
});

describe('measure', () => {
  it('lets the sides take turns, after a round to warm up, and closes each', async () => {
    const log: string[] = [];
    const ours = sides('ours', figures(1, 1), log);
    const baseline = sides('baseline', figures(1, 1), log);
    await measure(scenario({ ours, baseline }), { ...OPTIONS, runs: 1 });
    const round = ['baseline', 'baseline closed', 'ours', 'ours closed'];
    expect(log).to.deep.equal([...round, ...round]);
  });

  it('reports medians, and the median of the ratios of each pair', async () => {
    const baseline = sides('baseline', figures(0, 100, 200, 1_000));
    const { ours, baseline: theirs, ratio, runs } = await measure(scenario({ baseline }), OPTIONS);
    expect({ ours, theirs, ratio }).to.deep.equal({ ours: 200, theirs: 200, ratio: 0.5 });
    expect(runs).to.deep.equal([
      { ours: 300, baseline: 100 },
      { ours: 100, baseline: 200 },
      { ours: 200, baseline: 1_000 },
    ]);
  });

  it('takes messages a second where a side finds nothing else', async () => {
    const asked: number[] = [];
    const quiet = async ({ messages }: { messages: number }) => {
      asked.push(messages);
      return { run: () => new Promise<void>((resolve) => setTimeout(resolve, 1)), close: async () => {} };
    };
    const { ours } = await measure(scenario({ ours: quiet, scale: 2.5 }), OPTIONS);
    expect(asked).to.deep.equal([250, 250, 250, 250]);
    expect(ours).to.satisfy((figure: number) => figure > 0 && Number.isFinite(figure));
  });

  it('takes both figures from ours where there is no baseline', async () => {
    const { baseline: _, ...alone } = scenario({ ours: sides('ours', [{ figure: 12, against: 10 }]) });
    const { ours, baseline, ratio } = await measure({ ...alone, mostRuns: 1 }, OPTIONS);
    expect({ ours, baseline, ratio }).to.deep.equal({ ours: 12, baseline: 10, ratio: 1.2 });
  });

  it('does not warm up what may run only once', async () => {
    const log: string[] = [];
    await measure(scenario({ ours: sides('ours', figures(1), log), mostRuns: 1 }), OPTIONS);
    expect(log).to.deep.equal(['ours', 'ours closed']);
  });

  it('says whether the target is met', async () => {
    const met = async (target: Scenario['target']) =>
      (await measure(scenario({ ...(target && { target }) }), OPTIONS)).met;
    expect(await met({ atLeast: 2 })).to.equal(true);
    expect(await met({ atLeast: 2.01 })).to.equal(false);
    expect(await met({ atMost: 2 })).to.equal(true);
    expect(await met({ atMost: 1.99 })).to.equal(false);
    expect(await met(undefined)).to.equal(undefined);
  });

  it('reports what else the runs found, as medians, the baseline’s by that name', async () => {
    const ours = sides(
      'ours',
      [1, 5, 6, 7].map((rss) => ({ figure: 1, extra: { rss } })),
    );
    const baseline = sides(
      'baseline',
      [1, 2, 3, 4].map((rss) => ({ figure: 1, extra: { rss } })),
    );
    const { extra } = await measure(scenario({ ours, baseline }), OPTIONS);
    expect(extra).to.deep.equal({ 'baseline rss': 3, rss: 6 });
  });

  it('closes a side that fails', async () => {
    const log: string[] = [];
    const ours = async (): Promise<Side> => ({
      run: () => Promise.reject(new Error('broken')),
      close: async () => void log.push('closed'),
    });
    const failure = await measure(scenario({ ours }), OPTIONS).catch((cause: Error) => cause);
    expect(failure).to.have.property('message', 'broken');
    expect(log).to.deep.equal(['closed']);
  });
});
