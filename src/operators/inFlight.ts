import type { Duty, DutyWatcher, Holder, Keeper, RootDuty } from '../core/duty.ts';
import { watchLineage } from './watchLineage.ts';

/**
 * Deliveries that have passed a gate, of which it lets through only so many.
 *
 * | state | event                                  | next  | effect                                          |
 * |-------|----------------------------------------|-------|-------------------------------------------------|
 * | out   | `ended`, or the duty has ended         | ended | its place is free; `freed` is called, once      |
 * | ended | anything                               | ended | none                                            |
 *
 * Nothing more passes a gate that is full. So once open batches behind it keep back all that has passed,
 * they would wait for ever, whatever credit their source has: then they are told to close.
 */
export class InFlight implements Keeper {
  private readonly roots = new Map<RootDuty, number>();
  private readonly held = new Map<RootDuty, number>();
  private readonly holders = new Set<Holder>();
  private count = 0;

  constructor(
    /** Whether nothing more passes while so many are out. */
    private readonly isFull: (count: number) => boolean,
    private readonly freed: () => void,
  ) {}

  get full(): boolean {
    return this.isFull(this.count);
  }

  /**
   * Takes a place, until the flight has ended or the duty has.
   * @param ended called then, before the place is free
   */
  enter(duty: Duty, ended?: () => void): Flight {
    this.count += 1;
    for (const root of duty.roots) {
      this.roots.set(root, (this.roots.get(root) ?? 0) + 1);
      root.passed(this);
    }
    return new Flight(duty, () => {
      ended?.();
      this.leave(duty);
    });
  }

  hold(duty: RootDuty, holder: Holder): void {
    if (!this.roots.has(duty)) return;
    this.held.set(duty, (this.held.get(duty) ?? 0) + 1);
    this.holders.add(holder);
    this.check();
  }

  letGo(duty: RootDuty): void {
    if (drop(this.held, duty)) this.forget();
  }

  private leave(duty: Duty): void {
    this.count -= 1;
    for (const root of duty.roots) if (drop(this.roots, root) && this.held.delete(root)) this.forget();
    this.check();
    this.freed();
  }

  /** Who holds nothing any more need not be told. */
  private forget(): void {
    if (this.held.size === 0) this.holders.clear();
  }

  private check(): void {
    if (!this.full || this.held.size === 0 || this.held.size < this.roots.size) return;
    const holders = [...this.holders];
    this.holders.clear();
    for (const holder of holders) holder.exhausted();
  }
}

/** One delivery that is out. */
export class Flight implements DutyWatcher {
  private over = false;

  constructor(
    private readonly duty: Duty,
    private readonly left: () => void,
  ) {
    watchLineage(duty, this);
  }

  settled(): void {
    if (this.duty.settled) this.ended();
  }

  /** Frees its place, settled or not. */
  ended(): void {
    if (this.over) return;
    this.over = true;
    this.left();
  }
}

/** Counts one less; true if that was the last. */
function drop(counts: Map<RootDuty, number>, root: RootDuty): boolean {
  const count = counts.get(root);
  if (count === undefined) return false;
  if (count > 1) counts.set(root, count - 1);
  else counts.delete(root);
  return count === 1;
}
