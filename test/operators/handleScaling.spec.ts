import { expect } from 'chai';
import { asyncScheduler, concat, from, map, NEVER, type Observable, type SchedulerLike, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Notice } from '../../src/core/notice.ts';
import { handle } from '../../src/operators/handle.ts';
import type { ConcurrencyRange, ScaleChange } from '../../src/operators/scaling/concurrencyRange.ts';
import { LoopProbe } from '../../src/operators/scaling/loopProbe.ts';
import { fromObservable } from '../../src/sources/fromObservable.ts';
import { eventually } from '../support/eventually.ts';
import { nodeOf } from '../support/nodeOf.ts';
import { virtualRun } from '../support/virtualRun.ts';
import { VirtualTime } from '../support/virtualTime.ts';
import { warningsOf } from '../support/warnings.ts';

const AT_EASE = { utilization: 0.1, delayMs: 0 };
const SERVICE_MS = 20;

interface Watched {
  readonly changes: ScaleChange[];
  readonly notices: Notice[];
  /** When each was handled, in ms. */
  readonly handledAt: number[];
  readonly most: () => number;
}

/** Handlers of 20 ms in virtual time, until the given one. */
function watch(source: Observable<Delivery>, range: Partial<ConcurrencyRange>, untilMs: number, now: () => number) {
  const watched = { changes: [] as ScaleChange[], notices: [] as Notice[], handledAt: [] as number[] };
  let [running, most] = [0, 0];
  const handler = () => {
    running += 1;
    most = Math.max(most, running);
    return timer(SERVICE_MS).pipe(
      map((answer) => {
        running -= 1;
        return answer;
      }),
    );
  };
  const concurrency = {
    max: 50,
    loop: () => AT_EASE,
    onScale: (change: ScaleChange) => watched.changes.push(change),
    notify: (notice: Notice) => watched.notices.push(notice),
    ...range,
  };
  const subscription = source.pipe(handle(handler, { concurrency })).subscribe((delivery) => {
    watched.handledAt.push(now());
    delivery.ack();
  });
  timer(untilMs).subscribe(() => subscription.unsubscribe());
  return { ...watched, most: () => most } as Watched;
}

/** Endless numbers from a source with this credit. */
function endless(credit: number): Observable<Delivery> {
  function* numbers() {
    for (let n = 0; ; n++) yield n;
  }
  return fromObservable(numbers(), { credit });
}

function virtually(test: (now: () => number, flush: () => void) => void): void {
  const scheduler = new VirtualTime();
  scheduler.run(({ flush }) => test(() => scheduler.now(), flush));
}

describe('handle, scaling', () => {
  it('handles 45 times as much as one handler within 5 s, and never changes again at that load', () =>
    virtually((now, flush) => {
      const { changes, handledAt, most } = watch(endless(256), {}, 60_000, now);
      flush();
      const perSecond = handledAt.filter((at) => at > 5_000).length / 55;
      expect(perSecond / (1_000 / SERVICE_MS)).greaterThan(45);
      expect(changes.at(-1)).includes({ to: 50, reason: 'backlog' });
      expect(changes.at(-1)?.at).lessThan(5_000);
      expect(most()).equal(50);
    }));

  it('says of each change from what to what, why, and what was measured', () =>
    virtually((now, flush) => {
      const { changes, notices } = watch(endless(256), { max: 4 }, 3_000, now);
      flush();
      expect(changes[0]).deep.equal({
        from: 1,
        to: 4,
        reason: 'backlog',
        at: 750,
        waiting: changes[0]?.waiting,
        serviceMs: changes[0]?.serviceMs,
        loop: AT_EASE,
      });
      expect(changes[0]?.serviceMs).closeTo(SERVICE_MS, 2);
      expect(changes[0]?.waiting).greaterThan(100);
      expect(notices).deep.equal([
        {
          level: 'info',
          code: 'SCALED',
          message: 'handle runs up to 4 at once, not 1: all were busy and deliveries waited',
        },
      ]);
    }));

  it('goes back to the fewest once nothing comes any more, and then looks no more', () =>
    virtualRun(({ source, flush, at }) => {
      const changes: ScaleChange[] = [];
      const looks: number[] = [];
      let count = 0;
      const loop = () => {
        count += 1;
        return AT_EASE;
      };
      const concurrency = { max: 50, loop, onScale: (change: ScaleChange) => changes.push(change) };
      const burst = from(Array.from({ length: 200 }, (_, n) => source.deliver(n)));
      const subscription = concat(burst, NEVER)
        .pipe(handle(() => timer(SERVICE_MS), { concurrency }))
        .subscribe((delivery) => delivery.ack());
      for (const ms of [10_000, 100_000, 200_000]) at(ms, () => looks.push(count));
      at(200_001, () => subscription.unsubscribe());
      flush();
      expect(source.unsettled).deep.equal([]);
      expect(changes.some(({ reason }) => reason === 'backlog')).equal(true);
      expect(changes.at(-1)).includes({ to: 1, reason: 'idle' });
      expect(looks[0]).within(40, 41);
      expect(looks[2]).equal(looks[1]);
    }));

  it('looks no more once it is unsubscribed', () =>
    virtualRun(({ source, flush, at }) => {
      let count = 0;
      const loop = () => {
        count += 1;
        return AT_EASE;
      };
      const subscription = concat(from([source.deliver('a')]), NEVER)
        .pipe(handle(() => NEVER, { concurrency: { max: 2, loop } }))
        .subscribe();
      at(1_100, () => subscription.unsubscribe());
      flush();
      expect(count).equal(5);
      expect(source.log).deep.equal(['release a']);
    }));

  it('does not grow where the event loop has no time left', () =>
    virtually((now, flush) => {
      const loop = () => ({ utilization: 1, delayMs: 20 });
      const { changes, most } = watch(endless(256), { loop }, 30_000, now);
      flush();
      expect(changes).deep.equal([]);
      expect(most()).equal(1);
    }));

  it('lets some go when the event loop falls behind', () =>
    virtually((now, flush) => {
      let late = false;
      const loop = () => ({ utilization: 0.5, delayMs: late ? 500 : 0 });
      timer(10_010).subscribe(() => (late = true));
      const { changes, handledAt } = watch(endless(256), { loop, max: 16 }, 12_000, now);
      flush();
      const fewer = changes.find(({ reason }) => reason === 'loop-delay');
      expect(fewer).includes({ from: 16, to: 12 });
      expect(handledAt.length).greaterThan(1_000);
    }));

  it('keeps to a fixed number where it is given one', () =>
    virtually((now, flush) => {
      const { changes, most } = watch(endless(256), { min: 8, max: 8 }, 5_000, now);
      flush();
      expect(changes).deep.equal([]);
      expect(most()).equal(8);
    }));

  it('says, once, that a source gives out fewer at once than may run', () =>
    virtually((now, flush) => {
      const { notices, most } = watch(endless(16), {}, 10_000, now);
      flush();
      const warned = notices.filter(({ level }) => level === 'warn');
      expect(warned.map(({ code }) => code)).deep.equal(['CREDIT_BELOW_CONCURRENCY']);
      expect(warned[0]?.message).match(/up to 50 at once.*no more than 16/);
      expect(most()).equal(16);
    }));

  it('goes on, and tells it, where a callback throws', async () => {
    const onScale = () => {
      throw new Error('no');
    };
    const told = await warningsOf(1, () =>
      virtually((now, flush) => {
        const { most } = watch(endless(256), { onScale, max: 3 }, 3_000, now);
        flush();
        expect(most()).equal(3);
      }),
    );
    expect(told[0]).includes({ code: 'SCALING_CALLBACK' });
    expect(told[0]?.message).match(/onScale threw: no/);
  });

  it('measures the event loop itself where it is not told, and lets go of it', async () => {
    const probe = new LoopProbe();
    try {
      await eventually(() => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
        const { utilization, delayMs } = probe.read();
        expect(utilization).greaterThan(0.3).at.most(1);
        expect(delayMs).greaterThan(5);
      });
    } finally {
      probe.close();
    }
  });

  it('goes on when the clock is set back', () =>
    virtually((now, flush) => {
      let back = 0;
      timer(300).subscribe(() => (back = 3_600_000));
      const scheduler = {
        now: () => now() - back,
        schedule: asyncScheduler.schedule.bind(asyncScheduler),
      } as SchedulerLike;
      const changes: ScaleChange[] = [];
      const concurrency = { max: 50, loop: () => AT_EASE, onScale: (change: ScaleChange) => changes.push(change) };
      const handled = endless(256).pipe(handle(() => timer(SERVICE_MS), { concurrency, scheduler }));
      const subscription = handled.subscribe((delivery) => delivery.ack());
      timer(10_000).subscribe(() => subscription.unsubscribe());
      flush();
      expect(changes.at(-1)).includes({ to: 50 });
    }));

  it('has its range in the graph', () => {
    expect(nodeOf(handle(() => {}, { concurrency: { max: 50 } }))).deep.include({
      name: 'handle',
      attributes: { concurrency: { min: 1, max: 50 } },
    });
  });

  it('checks its range at the call', () => {
    const refused: [Partial<Record<keyof ConcurrencyRange, unknown>>, RegExp][] = [
      [{}, /^concurrency.max is undefined: it takes a whole number from concurrency.min, which is 1/],
      [{ max: 0 }, /^concurrency.max is 0/],
      [{ max: 2.5 }, /^concurrency.max is 2.5/],
      [{ min: 0, max: 2 }, /^concurrency.min is 0: it takes a whole number from 1/],
      [{ min: 5, max: 2 }, /^concurrency.max is 2: it takes a whole number from concurrency.min, which is 5/],
      [{ max: 2, everyMs: 0 }, /^concurrency.everyMs is 0/],
      [{ max: 2, coolDownMs: -1 }, /^concurrency.coolDownMs is -1/],
      [{ max: 2, drainMs: Number.NaN }, /^concurrency.drainMs is NaN/],
      [{ max: 2, maxLoopUtilization: 2 }, /^concurrency.maxLoopUtilization is 2: it takes a number above 0, at most 1/],
      [{ max: 2, onScale: 'log' }, /^concurrency.onScale is 'log': it takes a function/],
    ];
    for (const [concurrency, message] of refused) {
      expect(() => handle(() => {}, { concurrency: concurrency as never })).throw(InvalidOptionError, message);
    }
  });
});
