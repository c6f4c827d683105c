import { expect } from 'chai';
import { concatMap, firstValueFrom, timer } from 'rxjs';
import type { StreamStore } from '../../src/core/store.ts';
import { connect, handle, pipeline, type StopReport, stage } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
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

  onEachStore((world) => {
    for (const deadlineMs of [10_000, 0]) {
      it(`resolves once its consumer has left its group, within ${deadlineMs} ms`, async () => {
        const bus = await world.connect();
        leaveSlowly(bus.store);
        let calls = 0;
        const work = handle(() => {
          calls += 1;
          return deadlineMs === 0 ? new Promise<void>(() => undefined) : undefined;
        });
        const running = pipeline('p', bus.from('t.*', { group: 'g' }), stage('work', work)).run({
          notify: () => undefined,
        });
        await bus.publish('t.x', 1);
        await eventually(() => calls > 0);
        await running.stop({ deadlineMs });
        const [group] = (await firstValueFrom(bus.store.stats('main.0'))).groups;
        expect(group?.consumers).to.deep.equal([]);
      });
    }

    it('leaves a group that can be removed at once', async () => {
      const bus = await world.connect();
      leaveSlowly(bus.store);
      const running = pipeline('p', bus.from('t.*', { group: 'g' })).run();
      await eventually(async () => (await bus.stats()).groups[0]?.consumers.length === 1);
      await running.stop();
      expect(await bus.removeGroup('g')).to.deep.equal({ partitions: 1, owed: 0 });
    });
  });
});

function leaveSlowly(store: StreamStore): void {
  const leave = store.leave.bind(store);
  store.leave = (member) => timer(50).pipe(concatMap(() => leave(member)));
}
