import { expect } from 'chai';
import { connect, handle, pipeline, type StopReport, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { warningsOf } from '../support/warnings.ts';

describe('RunningPipeline.stop', () => {
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
