import { expect } from 'chai';
import { acknowledge, connect, handle, pipeline, type StopReport, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { warningsOf } from '../support/warnings.ts';

describe('RunningPipeline.stop', () => {
  it('gives stages behind acknowledge() their time, though nothing is owed any more', async () => {
    const bus = await connect();
    const done: unknown[] = [];
    let aborted = false;
    let answer: (() => void) | undefined;
    const slow = handle((_, { signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise<void>((resolve) => (answer = resolve));
    });
    const keep = handle((data) => void done.push(data));
    const running = pipeline('p', bus.from('t.*', { group: 'g' }), acknowledge(), slow, keep).run();
    await bus.publish('t.x', 1);
    await eventually(() => answer !== undefined);
    const stopped = running.stop({ deadlineMs: 10_000 });
    // Longer than stages may linger once a closed bus has taken back what they held.
    setTimeout(() => answer?.(), 1_300);
    expect(await stopped).to.deep.equal({ drained: true, left: [] });
    expect([aborted, done]).to.deep.equal([false, [1]]);
    await bus.close();
  });

  it('ends though whoever is told of it throws', async () => {
    const bus = await connect();
    let started = false;
    const hangs = handle(() => {
      started = true;
      return new Promise<void>(() => undefined);
    });
    const notify = () => {
      throw new Error('cannot be told');
    };
    const running = pipeline('p', bus.from('t.*', { group: 'g' }), stage('hang', hangs)).run({ notify });
    await bus.publish('t.x', 1);
    await eventually(() => started);
    let report = { drained: true, left: [] } as StopReport;
    const warnings = await warningsOf(1, async () => {
      report = await running.stop({ deadlineMs: 50 });
    });
    expect(warnings[0]?.code).to.equal('NOTIFY_FAILED');
    expect(report.left.map(({ stage: name, count }) => [name, count])).to.deep.equal([['hang', 1]]);
    await bus.close();
  });
});
