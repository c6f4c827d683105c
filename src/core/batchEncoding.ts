/** What the encoding of every record batch begins with. */
export const BATCH_ENCODING = 'sluice-batch';

/** The most messages of one record batch: a store may have to keep books of each. */
export const MOST_MESSAGES = 10_000;

/** Whether an entry of this encoding is a record batch. */
export function isBatchEncoding(encoding: string): boolean {
  return encoding.startsWith(BATCH_ENCODING);
}

/** How many messages an entry holds by its meta; undefined if it is no record batch, or its meta does not say. */
export function countOf(encoding: string, meta: string): number | undefined {
  if (!isBatchEncoding(encoding)) return undefined;
  const count = Number(COUNT.exec(meta)?.[1]);
  return count >= 1 && count <= MOST_MESSAGES ? count : undefined;
}

// As scripts have it too: Redis must know the count without reading JSON.
const COUNT = /^\{"count":(\d{1,5})[,}]/;
