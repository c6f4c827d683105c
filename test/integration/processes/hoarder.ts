import { firstValueFrom, lastValueFrom, mergeMap, range } from 'rxjs';
import { perPriority } from '../../../src/core/priority.ts';
import { connect, handle, PRIORITIES, type Priority, type StoreRecord } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';

/*
 * Lets messages wait, then consumes them with a handler that never finishes; tells what it held and what its heap grew by.
 * Argument: the store's URL.
 */
const [store = ''] = process.argv.slice(2);
const MESSAGES = 1_000_000;
const PER_APPEND = 500;
const STREAM = 'main.0';
const CREDIT = { critical: 10, high: 20, normal: 256, low: 50 };

const bus = await connect({ store, consume: { credit: CREDIT } });

/** A page of one tier, so that an append is one run of its lane. */
function append(page: number) {
  const priority = PRIORITIES[page % PRIORITIES.length] ?? 'normal';
  return bus.store.append(
    STREAM,
    Array.from({ length: PER_APPEND }, (_, i) => record(page * PER_APPEND + i, priority)),
  );
}

function record(i: number, priority: Priority): StoreRecord {
  return { priority, topic: 'load.test', payload: `{"number":${i}}`, type: '', encoding: 'json', meta: '' };
}

/** The heap, and what it holds outside, in bytes. */
function memory(): number {
  for (let times = 0; times < 2; times++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const began = performance.now();
await lastValueFrom(range(0, MESSAGES / PER_APPEND).pipe(mergeMap(append, 8)));
const appendedMs = performance.now() - began;
const before = memory();

let started = 0;
const arrived = perPriority(() => 0);
let one: (() => void) | undefined;
const never = handle(
  (_data, { message }) => {
    started += 1;
    arrived[message.priority] += 1;
    return new Promise((resolve) => {
      if (message.priority === 'critical') one = () => resolve(undefined);
    });
  },
  { concurrency: 1_000 },
);
const subscription = bus
  .from('load.*', { group: 'hoard' })
  .pipe(never)
  .subscribe((delivery) => delivery.ack());

const credit = Object.values(CREDIT).reduce((sum, tier) => sum + tier, 0);
const owed = async () => (await bus.stats()).groups[0]?.pending;
const full = async () => started === credit && (await owed()) === credit;
await eventually(full, { withinMs: 20_000 });
const held = { ...arrived };
one?.();
await eventually(async () => started === credit + 1 && (await owed()) === credit);
const after = memory();

const waiting = (await firstValueFrom(bus.store.stats(STREAM))).groups[0]?.lag;
process.send?.({
  held,
  afterOne: { ...arrived },
  pending: await owed(),
  waiting,
  appendedMs,
  grownMb: (after - before) / 1e6,
});
subscription.unsubscribe();
await bus.close({ deadlineMs: 1 });
process.disconnect();
