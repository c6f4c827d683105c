import type { Period } from '../core/period.ts';
import { FrequencyMismatchError } from './frequencyMismatchError.ts';
import type { Reading } from './observation.ts';

/** A value of one side. */
interface Waiting {
  readonly value: number | null;
  /** Whether the other side had the period too. */
  readonly matched: boolean;
}

type Side = Map<number, Waiting>;

/** Two series put in line by period. */
export class Alignment {
  private readonly sides: readonly [Side, Side] = [new Map(), new Map()];
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
    const partner = other.get(period.index);
    own.set(period.index, { value, matched: partner !== undefined });
    this.letGo(own);
    if (!partner) return undefined;
    other.set(period.index, { value: partner.value, matched: true });
    return series === left ? [value, partner.value] : [partner.value, value];
  }

  /** Lets go of the one that has been kept longest. */
  private letGo(side: Side): void {
    if (side.size <= this.max) return;
    const [[index, { matched }]] = side as unknown as [[number, Waiting]];
    side.delete(index);
    if (!matched) this.onUnmatched();
  }
}
