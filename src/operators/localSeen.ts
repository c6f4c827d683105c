import { EMPTY, type Observable, of, type SchedulerLike } from 'rxjs';
import type { KeyState } from '../core/store.ts';
import type { Seen } from './seen.ts';

/** How soon to ask again for a key that another subscription has claimed, in ms. */
const HELD_MS = 100;

/** Keys that were seen in this process, oldest first. Memory: `maxKeys` keys, and those being handled. */
export class LocalSeen implements Seen {
  private readonly kept = new Map<string, number>();
  private readonly claimed = new Set<string>();

  constructor(
    readonly withinMs: number,
    readonly maxKeys: number,
    private readonly scheduler: SchedulerLike,
  ) {}

  claim(key: string): Observable<KeyState> {
    const since = this.kept.get(key);
    if (since !== undefined && this.scheduler.now() - since < this.withinMs) return of('seen');
    if (this.claimed.has(key)) return of({ heldMs: HELD_MS });
    this.claimed.add(key);
    return of('free');
  }

  keep(key: string): Observable<never> {
    const now = this.scheduler.now();
    this.claimed.delete(key);
    // Behind the others, where it belongs by age.
    this.kept.delete(key);
    this.kept.set(key, now);
    for (const [oldest, since] of this.kept) {
      if (this.kept.size <= this.maxKeys && now - since < this.withinMs) break;
      this.kept.delete(oldest);
    }
    return EMPTY;
  }

  drop(key: string): void {
    this.claimed.delete(key);
  }
}
