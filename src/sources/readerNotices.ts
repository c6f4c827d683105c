import type { Notice, Notify } from '../core/notice.ts';
import type { CreateGroupRequest, EntryRef } from '../core/store.ts';
import { StoreError } from '../core/storeErrors.ts';
import type { EntryDuty } from './entryDuty.ts';
import { overdue } from './overdue.ts';

/** What a reader tells of itself: each notice names its group and stream. */
export class ReaderNotices {
  private overdueTold = -Infinity;

  constructor(
    private readonly group: CreateGroupRequest,
    private readonly overdueMs: number,
    private readonly notify: Notify,
  ) {}

  lost(entries: readonly EntryRef[]): void {
    const ids = entries.slice(0, 5).map((entry) => `${entry.priority}:${entry.id}`);
    this.tell('ENTRIES_LOST', `${entries.length} entries were trimmed while owed: ${ids.join(', ')}`);
  }

  retrying(error: Error): void {
    this.tell('STORE_RETRY', `reading stopped, trying again: ${error.message}`, error);
  }

  rejoining(error: Error, dropped: number): void {
    this.tell(
      error instanceof StoreError ? error.code : 'REJOINING',
      `${error.message}; joining again, ${dropped} in hand dropped`,
      error,
    );
  }

  notSettled(error: Error): void {
    this.tell('SETTLE_FAILED', `settlements were dropped, their messages come again: ${error.message}`, error);
  }

  /** At most once every `overdueMs`. */
  overdue(inHand: Iterable<EntryDuty>, now: number): void {
    if (now - this.overdueTold < this.overdueMs) return;
    const text = overdue(inHand, this.overdueMs, now);
    if (!text) return;
    this.overdueTold = now;
    this.tell('OVERDUE', text);
  }

  givenBack(inHand: readonly EntryDuty[], withinMs: number): void {
    if (inHand.length === 0) return;
    const stages = new Set(inHand.map((duty) => duty.stage ?? 'no stage'));
    const where = [...stages].join(', ');
    this.tell('UNSETTLED', `${inHand.length} unsettled after ${withinMs} ms are given back (last in: ${where})`);
  }

  private tell(code: string, text: string, error?: Error): void {
    const message = `group '${this.group.group}' on stream '${this.group.stream}': ${text}`;
    const notice: Notice = { level: 'warn', code, message };
    this.notify(error ? { ...notice, error } : notice);
  }
}
