import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { type HandleOptions, handle, type Message } from '../../../src/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Begun, Ended } from '../ledger/records.ts';
import type { Item } from './roles/role.ts';
import { LEASE_MS } from './settings.ts';

const CONCURRENCY: HandleOptions = { concurrency: 50 };

/** A handler that takes its time, fails now and then, and enters when it begins and how it ends. */
export function bookkeeping(ledger: Ledger, group: string) {
  return handle(async (data: unknown, { message, attempt, signal }) => {
    const item = data as Item;
    ledger.write(begun(group, message, attempt));
    await wait(workMs(item));
    // Others have the message now: whatever the handler did would be done twice.
    if (signal.aborted) return void ledger.write(ended('dropped', group, item, attempt));
    const fails = failsAt(group, item, attempt);
    ledger.write(ended(fails ? 'failed' : 'done', group, item, attempt));
    if (fails) throw new Error('as planned');
  }, CONCURRENCY);
}

export function begun(group: string, message: Message, attempt: number): Omit<Begun, 'at'> {
  const { id, number } = message.data as Item;
  const { key } = message;
  return { event: 'begin', group, id, entry: message.id, attempt, number, ...(key !== undefined && { key }) };
}

export function ended(event: Ended['event'], group: string, { id }: Item, attempt: number): Omit<Ended, 'at'> {
  return { event, group, id, attempt };
}

/** Most take some ms, some a while, and a few longer than a lease. */
function workMs({ id }: Item): number {
  const lot = crc32(`takes ${id}`) % 1_000;
  if (lot < 3) return LEASE_MS * 1.7;
  return lot < 40 ? 200 : lot % 15;
}

/** Some fail at first; of the jobs, some fail always and become dead letters. */
function failsAt(group: string, { id }: Item, attempt: number): boolean {
  const lot = crc32(`${group} fails ${id}`) % 200;
  return lot < 5 ? attempt < 3 : group === 'workers' && lot === 100;
}
