import { openBatch } from '../../core/openedBatch.ts';
import type { Outcome } from '../../core/outcome.ts';
import { packRecords } from '../../core/recordBatch.ts';
import type { Entry, Settlement, StoreRecord } from '../../core/store.ts';
import { recordOf } from './recordOf.ts';
import { textOf } from './textOf.ts';

/** A record batch of these payloads; tier normal unless told otherwise. */
export function batchOf(payloads: readonly string[], more: Partial<StoreRecord> = {}): StoreRecord {
  return packRecords(payloads.map((payload) => recordOf(payload, more)));
}

/** What was handed out of an entry: each message's payload and attempt. */
export function messagesOf(entry: Entry): readonly (readonly [string, number])[] {
  if (entry.count === undefined) return [[textOf(entry), entry.attempt]];
  const batch = openBatch(entry);
  const parts = entry.parts ?? Array.from({ length: entry.count }, (_, index) => ({ index, attempt: entry.attempt }));
  return parts.map(({ index, attempt }) => [textOf(batch.record(index)), attempt]);
}

/** What was handed out of all of them, in order of the payloads. */
export function messagesOfAll(entries: readonly Entry[]): readonly (readonly [string, number])[] {
  return entries.flatMap(messagesOf).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The settlement of these messages of a record batch, at one attempt. */
export function partsOf(entry: Entry, indexes: readonly number[], outcome: Outcome): Settlement {
  const { priority, id, count = 1, parts } = entry;
  const attempt = parts?.find(({ index }) => indexes.includes(index))?.attempt ?? entry.attempt;
  const batch = openBatch(entry);
  const records = outcome.kind === 'reject' ? indexes.map((index) => batch.record(index)) : undefined;
  return { priority, id, attempt, outcome, parts: { count, indexes, ...(records && { records }) } };
}
