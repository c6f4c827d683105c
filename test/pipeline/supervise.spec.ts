import { expect } from 'chai';
import { asyncScheduler, concat, map, mergeMap, NEVER, Observable, of, throwError, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError, PermanentError } from '../../src/core/errors.ts';
import { GroupPatternError, StoreUnavailableError } from '../../src/core/storeErrors.ts';
import { handle } from '../../src/operators/handle.ts';
import { pipeline } from '../../src/pipeline/pipeline.ts';
import type { StopReport } from '../../src/pipeline/run.ts';
import type { RunningPipeline } from '../../src/pipeline/runningPipeline.ts';
import { stage } from '../../src/pipeline/stage.ts';
import type { TestSource } from '../../src/testing/testSource.ts';
import { quiet, settledAt, virtualRun } from '../support/virtualRun.ts';
import { warningsOf } from '../support/warnings.ts';

const backoff = { initialMs: 10, jitter: 0 };
const broken = new Error('broken');

/** A source that hands out one delivery at each subscription and fails 1 ms later, so often; then it is silent. */
function failing(
  times: number,
  source: TestSource,
): { readonly input: Observable<Delivery<number>>; starts: number[] } {
  const starts: number[] = [];
  const input = new Observable<Delivery<number>>((subscriber) => {
    const start = starts.push(asyncScheduler.now());
    subscriber.next(source.deliver(start));
    return (start > times ? NEVER : timer(1)).subscribe(() => subscriber.error(broken));
  });
  return { input, starts };
}

const holds = () =>
  stage(
    'holds',
    handle<number, Observable<number>>(() => NEVER),
  );

describe('pipeline, supervised', () => {
  it('starts again after a backoff that grows, and gives back what was in hand', () =>
    virtualRun(({ flush, source, at }) => {
      const { input, starts } = failing(3, source);
      const options = quiet();
      const running = pipeline('again', input, holds()).run({ ...options, restart: backoff });
      at(5, () => expect(running.state).to.equal('restarting'));
      flush();
      expect(starts).to.deep.equal([0, 11, 32, 73]);
      expect(settledAt(source)).to.deep.equal(['1 release 1', '12 release 2', '33 release 3']);
      expect(running.state).to.equal('running');
      expect(running.counts).to.deep.include({ received: 4, restarts: 3 });
      expect(options.told[1]).to.equal("warn PIPELINE_RESTART: pipeline 'again' failed, restart 2 in 20 ms: broken");
    }));

  it('gives back what a foreign operator kept', () =>
    virtualRun(({ hot, flush, source }) => {
      const input = hot<Delivery<number>>('a#', { a: source.deliver(1) }, broken);
      const keeps = mergeMap(() => NEVER);
      pipeline('kept', input, keeps).run({ ...quiet(), restart: { maxRestarts: 0 } });
      flush();
      expect(settledAt(source)).to.deep.equal(['1 release 1']);
    }));

  it('fails the delivery that was on its way in when a stage broke, and gives back the others', () =>
    virtualRun(({ hot, flush, source }) => {
      const input = hot('a-b', { a: source.deliver('a'), b: source.deliver('b') });
      const slow = handle((text: string) => (text === 'b' ? text : NEVER), { concurrency: 2 });
      const poisoned = map((delivery: Delivery<string>) => {
        if (delivery.data === 'b') throw broken;
        return delivery;
      });
      pipeline('poison', input, slow, poisoned).run({ ...quiet(), restart: { maxRestarts: 0 } });
      flush();
      expect(settledAt(source)).to.deep.equal(['2 fail b: broken', '2 release a']);
    }));

  it('fails for good when the restarts are used up: says so, rejects, gives back', async () => {
    const options = quiet();
    let running: RunningPipeline | undefined;
    virtualRun(({ flush, source }) => {
      const { input, starts } = failing(9, source);
      running = pipeline('dead', input, holds()).run({ ...options, restart: { ...backoff, maxRestarts: 2 } });
      flush();
      expect(starts).to.have.lengthOf(3);
      expect(source.unsettled).to.deep.equal([]);
      expect(running.state).to.equal('failed');
    });
    expect(options.told.at(-1)).to.equal("error PIPELINE_FAILED: pipeline 'dead' failed for good: broken");
    expect(await running?.done.catch((error: unknown) => error)).to.equal(broken);
    expect(await running?.stop()).to.deep.equal({ drained: false, left: [] });
  });

  it('does not restart after an error that no restart mends', () => {
    const stateAfter = (error: Error, permanent?: (error: Error) => boolean): string => {
      const restart = permanent ? { permanent } : {};
      const running = pipeline(
        'x',
        throwError(() => error),
      ).run({ ...quiet(), restart });
      void running.stop();
      return running.state;
    };
    expect(stateAfter(new PermanentError('never'))).to.equal('failed');
    expect(stateAfter(new GroupPatternError('g', 's', 'a.*', 'b.*'))).to.equal('failed');
    expect(stateAfter(new StoreUnavailableError('away'))).to.equal('stopped');
    expect(stateAfter(broken, () => true)).to.equal('failed');
  });

  it('counts anew after it ran well for a while', () =>
    virtualRun(({ cold, flush, source }) => {
      const starts: number[] = [];
      const input = new Observable<Delivery<string>>((subscriber) => {
        const healthy = starts.push(asyncScheduler.now()) === 2;
        const ticks = cold<Delivery<string>>(healthy ? '-------------------- 80ms #' : '#', {}, broken);
        return (starts.length > 3 ? NEVER : ticks).subscribe(subscriber);
      });
      const restart = { ...backoff, healthyMs: 100, maxRestarts: 1 };
      const running = pipeline('well', input).run({ ...quiet(), restart });
      flush();
      expect(starts).to.deep.equal([0, 10, 120]);
      expect(running.state).to.equal('failed');
      expect(source.unsettled).to.deep.equal([]);
    }));

  it('stops at once while it waits to restart', async () => {
    const options = quiet();
    let report: Promise<StopReport> | undefined;
    virtualRun(({ flush, source, at }) => {
      const { input, starts } = failing(9, source);
      const running = pipeline('waits', input, holds()).run({ ...options, restart: backoff });
      at(5, () => {
        report = running.stop();
        expect(running.state).to.equal('stopped');
      });
      flush();
      expect(starts).to.deep.equal([0]);
    });
    expect(await report).to.deep.equal({ drained: true, left: [] });
  });

  it('does not restart what fails while it stops, and says what was left', async () => {
    const options = quiet();
    let report: Promise<StopReport> | undefined;
    virtualRun(({ flush, source, at }) => {
      const breaks = stage(
        'breaks',
        mergeMap(() => timer(10).pipe(mergeMap(() => throwError(() => broken)))),
      );
      const running = pipeline('breaks', concat(of(source.deliver(1)), NEVER), breaks).run(options);
      at(5, () => {
        report = running.stop();
      });
      flush();
      expect(settledAt(source)).to.deep.equal(['10 release 1']);
      expect(running.state).to.equal('stopped');
    });
    expect(await report).to.deep.equal({ drained: false, left: [{ stage: 'breaks', count: 1, oldestMs: 10 }] });
    expect(options.told).to.deep.equal([
      "warn PIPELINE_FAILED: pipeline 'breaks' failed while it was stopping: broken",
    ]);
  });

  it('tells a failure as a warning of the process, when nobody asked to be told otherwise', async () => {
    const described = pipeline(
      'loud',
      throwError(() => broken),
    );
    expect(await warningsOf(1, () => described.run({ restart: { maxRestarts: 0 } }))).to.deep.equal([
      { code: 'PIPELINE_FAILED', message: "pipeline 'loud' failed for good: broken" },
    ]);
  });

  it('refuses restarts that are no whole number', () => {
    const described = pipeline('x', NEVER);
    expect(() => described.run({ restart: { maxRestarts: -1 } })).to.throw(InvalidOptionError, 'maxRestarts is -1');
  });
});
