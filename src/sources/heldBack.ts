import type { Holder, RootDuty } from '../core/duty.ts';

/**
 * What open batches keep back of a source's deliveries. When that is all the source may have out, credit can't come
 * back by itself and the batches would wait for ever: then their holders are told.
 */
export class HeldBack {
  private readonly holds = new Map<RootDuty, number>();
  private readonly holders = new Set<Holder>();

  /** @param isAll whether nothing more can come while this many deliveries are kept back */
  constructor(private readonly isAll: (count: number) => boolean) {}

  /** How many are kept back. */
  get size(): number {
    return this.holds.size;
  }

  hold(duty: RootDuty, holder: Holder): void {
    if (duty.settled) return;
    this.holds.set(duty, (this.holds.get(duty) ?? 0) + 1);
    this.holders.add(holder);
    this.check();
  }

  letGo(duty: RootDuty): void {
    const holds = this.holds.get(duty);
    if (holds === undefined) return;
    if (holds > 1) this.holds.set(duty, holds - 1);
    else this.settled(duty);
  }

  /** The duty has settled: whoever keeps it back keeps nothing. */
  settled(duty: RootDuty): void {
    if (this.holds.size > 0 && this.holds.delete(duty) && this.holds.size === 0) this.holders.clear();
  }

  /** To be called when something else has changed whether more can come. */
  check(): void {
    if (this.holds.size === 0 || !this.isAll(this.holds.size)) return;
    const holders = [...this.holders];
    this.holders.clear();
    for (const holder of holders) holder.exhausted();
  }
}
