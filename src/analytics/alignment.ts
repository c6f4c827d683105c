import { FrequencyMismatchError } from './frequencyMismatchError.ts';
import type { Reading } from './observation.ts';
import type { Period } from './period.ts';

/** Two series put in line by period. */
export class Alignment {
  private readonly sides: readonly [Map<number, number | null>, Map<number, number | null>] = [new Map(), new Map()];
  private first: Period | undefined;

  constructor(
    private readonly of: readonly [string, string],
    /** How many values are kept of each side. */
    private readonly max: number,
    /** A value was let go before its partner came. */
    private readonly onUnmatched: () => void,
  ) {}

  /**
   * Takes a value of one side; gives both values of its period if the other is there: null in the pair is NA.
   *
   * @throws {FrequencyMismatchError} if the series are of two frequencies
   */
  take({ series, period, value }: Reading): readonly [number | null, number | null] | undefined {
    const [left, right] = this.of;
    this.first ??= period;
    if (period.frequency !== this.first.frequency) {
      throw new FrequencyMismatchError(series, period, series === left ? right : left, this.first);
    }
    const [own, other] = series === left ? this.sides : [this.sides[1], this.sides[0]];
    own.set(period.index, value);
    this.letGo(own, other);
    const partner = other.get(period.index);
    if (partner === undefined) return undefined;
    return series === left ? [value, partner] : [partner, value];
  }

  private letGo(own: Map<number, number | null>, other: Map<number, number | null>): void {
    if (own.size <= this.max) return;
    const [oldest] = own.keys() as unknown as [number];
    own.delete(oldest);
    if (!other.has(oldest)) this.onUnmatched();
  }
}
