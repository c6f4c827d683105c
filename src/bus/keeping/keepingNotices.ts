import type { Notice, Notify } from '../../core/notice.ts';
import type { ExpiredGroup, TidyResult, TrimResult } from '../../core/store.ts';

/** What housekeeping tells: what goes on for several rounds, once. */
export class KeepingNotices {
  private readonly failing = new Set<string>();
  /** By partition: the groups that were told to hold it back. */
  private readonly held = new Map<string, string>();
  /** Groups that were told to be abandoned, by partition. */
  private readonly abandoned = new Set<string>();

  constructor(private readonly notify: Notify) {}

  failed(stream: string, error: Error): void {
    if (this.failing.has(stream)) return;
    this.failing.add(stream);
    this.tell('warn', 'TRIM_FAILED', `stream '${stream}' was not trimmed: ${error.message}`, error);
  }

  trimmed(partition: string, { owed, heldBy = [], forced = [] }: TrimResult): void {
    for (const { group, count } of forced) {
      this.tell(
        'error',
        'RETENTION_FORCED',
        `stream '${partition}' had more bytes than retention.maxBytes: ${count} messages that group '${group}' owed were removed; let it catch up, or raise the bound`,
      );
    }
    const holders = heldBy.map((group) => `'${group}'`).join(', ');
    if (holders !== '' && holders !== this.held.get(partition)) {
      this.tell(
        'warn',
        'RETENTION_HELD',
        `stream '${partition}' keeps ${owed} entries beyond its bounds, since group ${holders} owes them: let it catch up, or remove it with bus.removeGroup`,
      );
    }
    this.held.set(partition, holders);
  }

  tidied(partition: string, { expired }: TidyResult): void {
    this.failing.delete(partition.slice(0, partition.lastIndexOf('.')));
    for (const group of expired) {
      if (group.removed) this.removed(partition, group);
      else this.kept(partition, group);
    }
  }

  /** Of dead letters. */
  expired(partition: string, count: number): void {
    if (count === 0) return;
    this.tell(
      'warn',
      'DEAD_LETTERS_EXPIRED',
      `${count} dead letters of '${partition}' were removed, as deadLetters says`,
    );
  }

  private removed(partition: string, { group, idleMs, owed }: ExpiredGroup): void {
    const what = owed === 0 ? 'it owed nothing' : `the ${owed} entries that it owed are dropped with it`;
    this.tell(
      owed === 0 ? 'info' : 'warn',
      'GROUP_EXPIRED',
      `group '${group}' on stream '${partition}' had no consumer for ${idleMs} ms and was removed: ${what}`,
    );
  }

  private kept(partition: string, { group, idleMs, owed }: ExpiredGroup): void {
    const key = `${partition}:${group}`;
    if (this.abandoned.has(key)) return;
    this.abandoned.add(key);
    this.tell(
      'warn',
      'GROUP_ABANDONED',
      `group '${group}' on stream '${partition}' had no consumer for ${idleMs} ms and owes ${owed} entries, so it is kept: run a consumer, remove it with bus.removeGroup, or set groups.whenOwing to 'drop'`,
    );
  }

  private tell(level: Notice['level'], code: string, message: string, error?: Error): void {
    this.notify(error ? { level, code, message, error } : { level, code, message });
  }
}
