import type { Period } from '../core/period.ts';
import { FrequencyMismatchError } from './frequencyMismatchError.ts';
import type { Indicator } from './indicator.ts';
import { LatePeriodError } from './latePeriodError.ts';

interface Entry<V, O> {
  readonly period: Period;
  readonly value: V | null;
  readonly result: O | null;
}

/**
 * An indicator's way along one series, by period. The last `history` periods are kept, to be revised:
 *
 * | a period that is | does |
 * |---|---|
 * | after the last | a step |
 * | kept, with the same value | nothing: its result again, so what is delivered again counts once |
 * | kept, with another value | replaces it; that period and those after it are computed anew |
 * | between those that are kept | takes its place, likewise |
 * | before those that are kept | a `LatePeriodError` |
 */
export class RevisableSeries<V, O> {
  private readonly kept: Entry<V, O>[] = [];
  /** The state before the first that is kept, and the one after the last. */
  private base: unknown;
  private head: unknown;
  /** The last that is no longer kept. */
  private past: Period | undefined;

  constructor(
    private readonly name: string,
    private readonly indicator: Indicator<O, V>,
    private readonly history: number,
  ) {
    this.base = indicator.start;
    this.head = indicator.start;
  }

  /**
   * @throws {FrequencyMismatchError} if the period is of another frequency than the ones before
   * @throws {LatePeriodError} if it is before those that are kept
   */
  next(period: Period, value: V | null): O | null {
    const last = this.kept.at(-1);
    if (last && last.period.frequency !== period.frequency) {
      throw new FrequencyMismatchError(this.name, period, this.name, last.period);
    }
    return !last || period.index > last.period.index ? this.append(period, value) : this.revise(period, value);
  }

  private append(period: Period, value: V | null): O | null {
    const [head, result] = this.indicator.step(this.head, value, period);
    this.kept.push({ period, value, result });
    this.head = head;
    this.letGo();
    return result;
  }

  private revise(period: Period, value: V | null): O | null {
    const at = this.kept.findLastIndex((entry) => entry.period.index <= period.index);
    const known = this.kept[at];
    const again = known?.period.index === period.index;
    if (again && Object.is(known.value, value)) return known.result;
    if (!again && this.past && period.index <= this.past.index) {
      throw new LatePeriodError(this.name, period.text, this.history);
    }
    const place = again ? at : at + 1;
    this.recompute(this.kept.toSpliced(place, again ? 1 : 0, { period, value, result: null }));
    const { result } = this.kept[place] as Entry<V, O>;
    this.letGo();
    return result;
  }

  private recompute(entries: readonly Entry<V, O>[]): void {
    let state = this.base;
    const computed = entries.map(({ period, value }) => {
      const [after, result] = this.indicator.step(state, value, period);
      state = after;
      return { period, value, result };
    });
    // Only now, so that a step that throws changes nothing.
    this.kept.splice(0, this.kept.length, ...computed);
    this.head = state;
  }

  /** Lets go of the oldest beyond `history`: from now on it is part of the base. */
  private letGo(): void {
    if (this.kept.length <= this.history) return;
    const { period, value } = this.kept.shift() as Entry<V, O>;
    [this.base] = this.indicator.step(this.base, value, period);
    this.past = period;
  }
}
