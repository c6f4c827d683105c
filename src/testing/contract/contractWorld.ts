import assert from 'node:assert/strict';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import type {
  DeadLetter,
  EntryRef,
  GroupStats,
  ReadPage,
  ReadRequest,
  StartPosition,
  StoreRecord,
  StreamStats,
  StreamStore,
} from '../../core/store.ts';
import { ContractConsumer } from './contractConsumer.ts';
import type { RawAccess } from './rawAccess.ts';
import { recordOf } from './recordOf.ts';
import type { StoreHarness } from './storeHarness.ts';

/** How a group of a case differs from the usual one. */
export interface GroupOptions {
  readonly stream?: string;
  readonly pattern?: string;
  readonly start?: StartPosition;
}

/** How a consumer of a case differs from the usual one. */
export interface ConsumerOptions {
  readonly store?: StreamStore;
  readonly stream?: string;
  readonly group?: string;
  readonly leaseMs?: number;
  readonly exclusive?: boolean;
}

/** A lease that no case outlives, in ms. */
const LONG_LEASE_MS = 120_000;

let streams = 0;
let consumers = 0;

/** What one case of the contract works with: a store, a stream of its own, and short words for the calls. */
export class ContractWorld {
  stream = '';
  private current: StreamStore | undefined;
  private opened: StreamStore[] = [];

  constructor(private readonly harness: StoreHarness) {}

  get store(): StreamStore {
    assert(this.current, 'the store is open');
    return this.current;
  }

  /** The lease of a consumer that is to die, in ms. */
  get leaseMs(): number {
    return this.harness.leaseMs ?? 400;
  }

  get waitingTakes(): number {
    return this.harness.waitingTakes ?? 200;
  }

  get largeBytes(): number {
    return this.harness.largeBytes ?? 4 * 1024 * 1024;
  }

  async begin(): Promise<void> {
    this.current = await this.openStore(() => this.harness.open());
    this.stream = this.newStream();
    assert.deepEqual([...this.store.features].sort(), [...(this.harness.features ?? [])].sort(), 'declared features');
  }

  async end(): Promise<void> {
    for (const store of this.opened.splice(0)) await lastValueFrom(store.close());
  }

  /** A second store over the same place. */
  async again(): Promise<StreamStore> {
    const { again } = this.harness;
    assert(again, 'a harness for `shared` has `again`');
    return this.openStore(() => again.call(this.harness, this.store));
  }

  async raw(): Promise<RawAccess> {
    assert(this.harness.raw, 'a harness for `raw` has `raw`');
    return this.harness.raw(this.store);
  }

  /** A name that no other case and no other run uses. */
  newStream(): string {
    streams += 1;
    return `contract-${process.pid}-${Date.now().toString(36)}-${streams}.0`;
  }

  /** Appends records, or normal ones of these payloads, to the case's stream. */
  append(...records: readonly (string | StoreRecord)[]): Promise<readonly EntryRef[]> {
    return this.appendTo(this.stream, ...records);
  }

  appendTo(stream: string, ...records: readonly (string | StoreRecord)[]): Promise<readonly EntryRef[]> {
    const whole = records.map((record) => (typeof record === 'string' ? recordOf(record) : record));
    return firstValueFrom(this.store.append(stream, whole));
  }

  async group(group = 'g', options: GroupOptions = {}): Promise<void> {
    const { stream = this.stream, pattern = '*', start = 'earliest' } = options;
    await lastValueFrom(this.store.createGroup({ stream, group, pattern, start }));
  }

  /** A consumer of a name of its own that has not joined. */
  stranger(options: ConsumerOptions = {}): ContractConsumer {
    const { store = this.store, stream = this.stream, group = 'g' } = options;
    consumers += 1;
    return new ContractConsumer(store, { stream, group, consumer: `c-${process.pid}-${consumers}` });
  }

  /** A member of the group, with a lease that no case outlives unless told otherwise. */
  async consumer(options: ConsumerOptions = {}): Promise<ContractConsumer> {
    const consumer = this.stranger(options);
    const { leaseMs = LONG_LEASE_MS, exclusive = false } = options;
    await consumer.join(leaseMs, { exclusive });
    return consumer;
  }

  /** A member whose lease runs out and who is never heard of again. */
  mortal(options: ConsumerOptions = {}): Promise<ContractConsumer> {
    return this.consumer({ leaseMs: this.leaseMs, ...options });
  }

  stats(stream = this.stream): Promise<StreamStats> {
    return firstValueFrom(this.store.stats(stream));
  }

  async groupStats(name = 'g'): Promise<GroupStats> {
    const group = (await this.stats()).groups.find((candidate) => candidate.name === name);
    assert(group, `stats has group '${name}'`);
    return group;
  }

  deadLetters(request: { after?: string; count?: number } = {}): Promise<readonly DeadLetter[]> {
    return firstValueFrom(this.store.deadLetters(this.stream, { count: 100, ...request }));
  }

  read(request: Partial<ReadRequest> = {}): Promise<ReadPage> {
    return firstValueFrom(
      this.store.read({ stream: this.stream, from: 'earliest', count: 100, waitMs: 0, ...request }),
    );
  }

  /** The payloads of all that a group can hand out now, taken by a new consumer. */
  async drain(group = 'g'): Promise<readonly string[]> {
    const consumer = await this.consumer({ group });
    const payloads: string[] = [];
    for (;;) {
      const hand = await consumer.payloads();
      if (hand.length === 0) return payloads;
      payloads.push(...hand);
    }
  }

  private async openStore(open: () => StreamStore | Promise<StreamStore>): Promise<StreamStore> {
    const store = await open();
    this.opened.push(store);
    await lastValueFrom(store.open());
    return store;
  }
}
