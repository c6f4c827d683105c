import { type SchedulerLike, Subscription } from 'rxjs';
import { FailureWindow } from './failureWindow.ts';

/** `closed` lets everything through, `open` nothing, `half-open` a few, to see. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** A circuit that has changed, and why. */
export interface CircuitChange {
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** A sentence's end: `5 of 10 failed within 10000 ms`. */
  readonly reason: string;
  /** The failure that made it open. */
  readonly error?: Error;
}

/** When a circuit opens and closes. */
export interface CircuitRules {
  readonly failureRate: number;
  readonly minimum: number;
  readonly consecutive: number;
  readonly windowMs: number;
  readonly coolDownMs: number;
  readonly probes: number;
  readonly scheduler: SchedulerLike;
}

/** What became of a call: an answer, a failure that counts, or neither. */
export type CallResult = { readonly answered: boolean } | { readonly failure: Error };

/**
 * Whether something may be called, by what became of the calls so far.
 *
 * | state     | event                                            | next      | effect                                    |
 * |-----------|--------------------------------------------------|-----------|-------------------------------------------|
 * | closed    | an answer, a failure                             | closed    | counted                                   |
 * | closed    | a failure: the rate is reached, or the row       | open      | nothing is called; the cool-down begins   |
 * | open      | the cool-down is over                            | half-open | `probes` calls may be made                |
 * | half-open | a probe is answered, the last one                | closed    | counting begins anew                      |
 * | half-open | a probe fails                                    | open      | the cool-down begins anew                 |
 * | half-open | a probe ends with neither                        | half-open | another may be made in its place          |
 * | any       | a call that began before the last change ends    | same      | none: it tells of a time that is over     |
 * | any       | stopped                                          | same      | no timer is left                          |
 */
export class Circuit {
  private current: CircuitState = 'closed';
  /** Grows with each change. */
  private era = 0;
  private row = 0;
  private probing = 0;
  private answered = 0;
  private readonly window: FailureWindow;
  private coolDown = Subscription.EMPTY;

  constructor(
    private readonly rules: CircuitRules,
    private readonly changed: (change: CircuitChange) => void,
  ) {
    this.window = new FailureWindow(rules.windowMs);
  }

  get state(): CircuitState {
    return this.current;
  }

  /** Whether a call may begin now. */
  get admits(): boolean {
    if (this.current !== 'half-open') return this.current === 'closed';
    return this.probing + this.answered < this.rules.probes;
  }

  /** Begins a call: to be ended once with what became of it. */
  begin(): (result: CallResult) => void {
    const { era } = this;
    if (this.current === 'half-open') this.probing += 1;
    return (result) => {
      if (era === this.era) this.end(result);
    };
  }

  /** Nothing changes any more: what ends later is of a time that is over. */
  stop(): void {
    this.era += 1;
    this.coolDown.unsubscribe();
  }

  private end(result: CallResult): void {
    if (this.current === 'half-open') return this.probed(result);
    if ('failure' in result) return this.failed(result.failure);
    if (!result.answered) return;
    this.row = 0;
    this.window.add(false, this.rules.scheduler.now());
  }

  private failed(error: Error): void {
    const { scheduler, minimum, failureRate, consecutive, windowMs } = this.rules;
    const now = scheduler.now();
    this.row += 1;
    this.window.add(true, now);
    if (this.row >= consecutive) return this.open(`${this.row} failed in a row`, error);
    const { calls, failed } = this.window.counts(now);
    if (calls < minimum || failed < failureRate * calls) return;
    this.open(`${failed} of ${calls} failed within ${windowMs} ms`, error);
  }

  private probed(result: CallResult): void {
    const { probes } = this.rules;
    this.probing -= 1;
    if ('failure' in result) return this.open('a probe failed', result.failure);
    if (!result.answered) return;
    this.answered += 1;
    if (this.answered === probes)
      this.change('closed', probes === 1 ? 'a probe was answered' : `${probes} probes were answered`);
  }

  private open(reason: string, error: Error): void {
    const { scheduler, coolDownMs } = this.rules;
    const rested = (): void => this.change('half-open', `${coolDownMs} ms have passed`);
    this.coolDown = scheduler.schedule(rested, coolDownMs);
    this.change('open', reason, error);
  }

  private change(to: CircuitState, reason: string, error?: Error): void {
    const from = this.current;
    this.current = to;
    this.era += 1;
    this.row = 0;
    this.probing = 0;
    this.answered = 0;
    this.window.clear();
    this.changed(error ? { from, to, reason, error } : { from, to, reason });
  }
}
