import type { SchedulerLike, Subscription } from 'rxjs';
import type { Delivery } from '../../core/delivery.ts';
import { type Duty, RootDuty } from '../../core/duty.ts';
import { toError } from '../../core/errors.ts';
import { emitNotice } from '../../telemetry/emitNotice.ts';
import type { PoolGauge } from '../handlerPool.ts';
import type { Scaling } from './concurrencyRange.ts';
import { LoopProbe } from './loopProbe.ts';
import { scale } from './scale.ts';
import { initialScale, type LoopLoad, type ScaleDecision, type ScaleSample, type ScaleState } from './scaleState.ts';

/** What is scaled. */
export interface Scaled {
  /** How many deliveries wait for a handler. */
  readonly waits: number;
  /** How many handlers may run at once. */
  limit: number;
}

/**
 * Measures a pool of handlers and has its size decided, every so often: while there is something to do, or more may
 * run than the fewest.
 */
export class Scaler implements PoolGauge {
  private state: ScaleState;
  private arrived = 0;
  private ended = 0;
  private busyMs = 0;
  private running = 0;
  private credited = false;
  /** What the clock said last, and the time made of it: that of a clock which is set back goes on all the same. */
  private read: number;
  private now: number;
  private lookedAt: number;
  private ticks: Subscription | undefined;
  private probe: LoopProbe | undefined;

  constructor(
    private readonly scaling: Scaling,
    private readonly scheduler: SchedulerLike,
    private readonly pool: Scaled,
  ) {
    this.read = scheduler.now();
    this.now = this.read;
    this.lookedAt = this.now;
    this.state = initialScale(scaling, this.now);
  }

  came({ duty }: Delivery): void {
    this.arrived += 1;
    if (!this.credited) this.checkCredit(duty);
    if (this.ticks === undefined) this.watch();
  }

  runs(running: number): void {
    this.count();
    if (running < this.running) this.ended += this.running - running;
    this.running = running;
  }

  stop(): void {
    this.ticks?.unsubscribe();
    this.ticks = undefined;
    this.probe?.close();
    this.probe = undefined;
  }

  /** A source that never gives out as many as may run is told of, once. */
  private checkCredit(duty: Duty): void {
    this.credited = true;
    const { max, notify } = this.scaling;
    const credit = duty instanceof RootDuty ? (duty.origin.creditFor?.(duty) ?? Infinity) : Infinity;
    if (!(duty instanceof RootDuty) || credit >= max) return;
    const message =
      `handle may run up to ${max} at once, but its source '${duty.origin.name}' gives out no more than ${credit} of ` +
      'a tier: raise its credit, or lower concurrency.max';
    this.asked('notify', () => notify({ level: 'warn', code: 'CREDIT_BELOW_CONCURRENCY', message }), undefined);
  }

  private watch(): void {
    this.count();
    this.busyMs = 0;
    this.lookedAt = this.now;
    this.look();
    const { everyMs } = this.scaling;
    const tick = (): void => this.tick();
    this.ticks = this.scheduler.schedule(function again() {
      tick();
      if (!this.closed) this.schedule(undefined, everyMs);
    }, everyMs);
  }

  private tick(): void {
    this.count();
    const sample = this.sample();
    if (sample.elapsedMs <= 0) return;
    const decision = scale(this.scaling, this.state, sample);
    const from = this.state.concurrency;
    this.state = decision.state;
    if (decision.concurrency !== from) this.change(from, decision, sample);
    if (this.pool.waits + this.running === 0 && decision.concurrency === this.scaling.min) this.stop();
  }

  private sample(): ScaleSample {
    const { arrived, ended, busyMs, now: at } = this;
    const elapsedMs = at - this.lookedAt;
    if (elapsedMs > 0) {
      this.arrived = 0;
      this.ended = 0;
      this.busyMs = 0;
      this.lookedAt = at;
    }
    const { waits: waiting } = this.pool;
    return { at, elapsedMs, arrived, ended, busyMs, waiting, backlog: this.backlog(), loop: this.look() };
  }

  private change(from: number, { concurrency: to, reason, serviceMs }: ScaleDecision, sample: ScaleSample): void {
    const { at, waiting, loop } = sample;
    const because = reason as 'backlog' | 'idle' | 'loop-delay';
    const message = `handle runs up to ${to} at once, not ${from}: ${WHY[because]}`;
    this.asked('notify', () => this.scaling.notify({ level: 'info', code: 'SCALED', message }), undefined);
    this.asked(
      'onScale',
      () => this.scaling.onScale({ from, to, reason: because, at, waiting, serviceMs, loop }),
      undefined,
    );
    this.pool.limit = to;
  }

  private backlog(): number {
    const backlog = this.asked('backlog', this.scaling.backlog, 0);
    return backlog > 0 ? backlog : 0;
  }

  private look(): LoopLoad {
    if (this.scaling.loop) return this.asked('loop', this.scaling.loop, IDLE);
    this.probe ??= new LoopProbe();
    return this.probe.read();
  }

  /** Time passes: for those that run. */
  private count(): void {
    const read = this.scheduler.now();
    const passed = Math.max(0, read - this.read);
    this.read = read;
    this.now += passed;
    this.busyMs += this.running * passed;
  }

  /** Calls what is the application's: a throw there is told, and must not stop the scaling. */
  private asked<V>(option: string, call: () => V, otherwise: V): V {
    try {
      return call();
    } catch (cause) {
      const error = toError(cause);
      const message = `handle goes on scaling, though concurrency.${option} threw: ${error.message}`;
      emitNotice({ level: 'error', code: 'SCALING_CALLBACK', message, error });
      return otherwise;
    }
  }
}

const IDLE: LoopLoad = { utilization: 0, delayMs: 0 };

const WHY = {
  backlog: 'all were busy and deliveries waited',
  idle: 'fewer were enough throughout the cool-down',
  'loop-delay': 'the event loop fell behind',
};
