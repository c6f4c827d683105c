import { firstValueFrom } from 'rxjs';
import type { Bus, ReadPage, ReadRequest, StreamStore } from '../../../src/index.ts';
import type { FoundLetter, Owed, StoredMessage } from '../checker/evidence.ts';

const STREAMS = ['orders', 'main'] as const;
const PAGE = 1_000;

/** What groups have left to do, in each partition; `lag` is a hint of the server's. */
export async function owed(bus: Bus): Promise<readonly (Owed & { readonly lag: number })[]> {
  const reports = await Promise.all(STREAMS.map((stream) => bus.stats(stream)));
  return reports.flatMap(({ partitions }) =>
    partitions.flatMap(({ stream, groups }) =>
      groups.map(({ name, pending, lag = 0 }) => ({ stream, group: name, pending, lag })),
    ),
  );
}

/** Every message that the streams hold. */
export async function stored(bus: Bus): Promise<readonly StoredMessage[]> {
  const found: StoredMessage[] = [];
  for (const stream of await partitions(bus)) await readAll(bus.store, stream, found);
  return found;
}

/** Every dead letter. */
export async function letters(bus: Bus): Promise<readonly FoundLetter[]> {
  const found: FoundLetter[] = [];
  for (const stream of await partitions(bus)) {
    for (let after: string | undefined; ; ) {
      const page = await firstValueFrom(bus.store.deadLetters(stream, { count: PAGE, ...(after && { after }) }));
      for (const { group, entryId, payload } of page) found.push({ group, id: idOf(payload), entry: entryId });
      after = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
  }
  return found;
}

async function readAll(store: StreamStore, stream: string, found: StoredMessage[]): Promise<void> {
  let from: ReadRequest['from'] = 'earliest';
  for (;;) {
    const page: ReadPage = await firstValueFrom(store.read({ stream, from, count: PAGE, waitMs: 0 }));
    for (const { topic, payload } of page.entries) found.push({ topic, id: idOf(payload) });
    if (page.entries.length === 0) return;
    from = { cursor: page.cursor };
  }
}

async function partitions(bus: Bus): Promise<readonly string[]> {
  const reports = await Promise.all(STREAMS.map((stream) => bus.stats(stream)));
  return reports.flatMap(({ partitions: parts }) => parts.map(({ stream }) => stream));
}

const idOf = (payload: unknown): string => (JSON.parse(String(payload)) as { id: string }).id;
