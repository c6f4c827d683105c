/** What an arrival must say of itself. */
interface Settleable {
  readonly settled: boolean;
}

/**
 * Tells deliveries that others settled since they came, which are to be dropped, from those that had been settled
 * before, behind an early ack say, which are treated as any other.
 */
export class Arrivals<D extends Settleable> {
  private readonly settledBefore = new WeakSet<D>();

  came(delivery: D): void {
    if (delivery.settled) this.settledBefore.add(delivery);
  }

  /** Whether others have settled it since it came. */
  lost(delivery: D): boolean {
    return delivery.settled && !this.settledBefore.has(delivery);
  }
}
