import type { Context } from '@opentelemetry/api';
import { asyncScheduler, Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { AtomicOutputError } from '../../core/atomicOutputError.ts';
import type { Codecs } from '../../core/codecs.ts';
import type { Place } from '../../core/duty.ts';
import { toError } from '../../core/errors.ts';
import { type PerPriority, PRIORITIES, type Priority, perPriority } from '../../core/priority.ts';
import type { Confirm, Publisher, PublishOptions } from '../../core/publisher.ts';
import type { AppendedRef, DelayedRecord, Durability, StoreRecord } from '../../core/store.ts';
import { StoreClosedError } from '../../core/storeErrors.ts';
import { checkTopic } from '../../core/topic.ts';
import { Fifo } from '../../internal/fifo.ts';
import { endSending, type SendingTarget, sendingTarget, startSending } from '../../telemetry/producerSpan.ts';
import type { PublishBuffer } from '../metrics/busMetrics.ts';
import { DEFAULT_FORM, type RecordForm } from '../recordForms.ts';
import { checkPlace, type Homes } from './checkPlace.ts';
import { checkPublishOptions } from './checkPublishOptions.ts';
import { dueOf } from './dueOf.ts';
import { BufferFullError } from './errors.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { type Idempotency, makeParcel } from './makeParcel.ts';
import { packedAppend, plainAppend } from './packedAppend.ts';
import type { Parcel } from './parcel.ts';

export interface BusPublisherOptions extends Homes {
  readonly codecs: Codecs;
  /** In which form a stream's messages are written. @default an entry each */
  formOf?(stream: string): Required<RecordForm>;
  readonly maxPayloadBytes: number;
  /** How long, and how many, ids of messages are remembered. @default not at all */
  readonly idempotency?: Idempotency | undefined;
  /** The most bytes that may wait for the store, over all topics. */
  readonly bufferBytes: number;
  /** What a full buffer means. */
  readonly full: 'wait' | 'fail' | 'drop-oldest';
  readonly lingerMs: PerPriority<number>;
  readonly maxBatch: number;
  readonly timeoutMs: number;
  readonly scheduler?: SchedulerLike;
  /** The bus's name, for spans. */
  readonly client?: string;
  /** Whether to make no spans of publishing, nor to inject a trace context. @default false */
  readonly untraced?: boolean;
  /** How safe a stream's messages must be before they count as published. @default as safe as the store's memory */
  durabilityOf?(stream: string): Durability | undefined;
}

/** The most bytes of one append. */
const MAX_BATCH_BYTES = 1024 * 1024;

/**
 * Publishes through the store: one lane a stream and tier, so that a tier keeps its order and never waits for another. What
 * is delayed has lanes of its own, since its place is by its due time.
 *
 * Memory: at most `bufferBytes` of records, or one record; with `full: 'wait'` what comes beyond that waits its turn
 * outside the buffer, and whoever awaits each publish sends no more than that.
 */
export class BusPublisher implements Publisher {
  private readonly tiers = new Map<string, PerPriority<Lane>>();
  private readonly delayed = new Map<string, PerPriority<Lane>>();
  private readonly targets = new Map<string, SendingTarget>();
  private readonly waiting = new Fifo<{ readonly lane: Lane; readonly parcel: Parcel }>();
  private buffered = 0;
  private failed = 0;
  private closed = false;
  private readonly idlers: Subscriber<never>[] = [];

  constructor(private readonly options: BusPublisherOptions) {}

  send(topic: string, data: unknown, options: PublishOptions, context: Context, confirm: Confirm): void {
    try {
      if (this.closed) throw new StoreClosedError('the bus');
      this.accept(topic, data, options, context, confirm);
    } catch (cause) {
      confirm(toError(cause), undefined);
    }
  }

  record(topic: string, data: unknown, options: PublishOptions, context: Context, place: Place): StoreRecord {
    if (this.closed) throw new StoreClosedError('the bus');
    checkTopic(topic);
    checkPublishOptions(options);
    if (dueOf(options)) throw new AtomicOutputError('ATOMIC_DELAYED', topic, AT_ONCE);
    checkPlace(topic, options.key, place, this.options);
    const { parcel, span } = this.parcel(topic, data, options, context, place.stream, () => undefined);
    // Whether the store keeps it is told by the span of its input, which ends with it.
    endSending(span, undefined, options.id);
    const { priority, payload, type, encoding, meta, once } = parcel;
    return { priority, topic, payload, type, encoding, meta, once };
  }

  /** What waits for the store, and how many were refused. */
  get buffer(): PublishBuffer {
    let messages = this.waiting.size;
    for (const lane of this.lanes()) messages += lane.size;
    return { messages, bytes: this.buffered, maxBytes: this.options.bufferBytes, failed: this.failed };
  }

  /** Completes once nothing waits any more. */
  flushed(): Observable<never> {
    return new Observable((subscriber) => {
      if (this.buffered === 0 && this.waiting.size === 0) return subscriber.complete();
      this.idlers.push(subscriber);
      for (const lane of this.lanes()) lane.flush();
    });
  }

  /** Takes nothing more. */
  stop(): void {
    this.closed = true;
  }

  /** Refuses what the store has not confirmed. Await `flushed()` first to lose nothing. */
  close(): void {
    this.stop();
    const error = new StoreClosedError('the bus');
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) answer(next.parcel, error, undefined);
    for (const lane of [...this.lanes()]) lane.refuse(error);
  }

  private accept(topic: string, data: unknown, options: PublishOptions, context: Context, confirm: Confirm): void {
    checkTopic(topic);
    checkPublishOptions(options);
    const stream = this.options.streamOf(topic, options.key ?? options.id);
    const { parcel } = this.parcel(topic, data, options, context, stream, confirm);
    this.enqueue(this.lane(stream, parcel), parcel);
  }

  /** The parcel of a message, its span started. */
  private parcel(
    topic: string,
    data: unknown,
    options: PublishOptions,
    context: Context,
    stream: string,
    confirm: Confirm,
  ): { readonly parcel: Parcel; readonly span: Parcel['span'] } {
    const sending = this.options.untraced
      ? undefined
      : startSending(this.target(stream), topic, options.headers, context);
    const span = sending?.span;
    const headers = sending ? sending.headers : options.headers;
    try {
      const sender = { headers, span, at: this.now(), confirm };
      return { parcel: makeParcel(topic, data, options, sender, this.options), span };
    } catch (cause) {
      endSending(span, toError(cause));
      throw cause;
    }
  }

  private now(): number {
    return (this.options.scheduler ?? asyncScheduler).now();
  }

  private enqueue(lane: Lane, parcel: Parcel): void {
    if (this.waiting.size === 0 && this.fits(parcel.bytes)) this.enter(lane, parcel);
    else this.overflow(lane, parcel);
  }

  private target(stream: string): SendingTarget {
    const known = this.targets.get(stream);
    if (known) return known;
    const { store, client } = this.options;
    const { name: system, server } = store;
    const target = sendingTarget({ system, server, stream, client });
    this.targets.set(stream, target);
    return target;
  }

  private fits(bytes: number): boolean {
    return this.buffered === 0 || this.buffered + bytes <= this.options.bufferBytes;
  }

  private enter(lane: Lane, parcel: Parcel): void {
    this.buffered += parcel.bytes;
    lane.push(parcel);
  }

  private overflow(lane: Lane, parcel: Parcel): void {
    const { full, bufferBytes } = this.options;
    if (full === 'wait') {
      this.waiting.push({ lane, parcel });
      return;
    }
    if (full === 'drop-oldest') {
      while (!this.fits(parcel.bytes)) {
        const oldest = this.dropOldest(parcel.priority);
        if (!oldest) break;
        this.failed += 1;
        answer(oldest, new BufferFullError(oldest.topic, bufferBytes, true), undefined);
      }
      if (this.fits(parcel.bytes)) return this.enter(lane, parcel);
    }
    this.failed += 1;
    answer(parcel, new BufferFullError(parcel.topic, bufferBytes, false), undefined);
  }

  /** Every lane, most urgent tier first. */
  private *lanes(): Generator<Lane> {
    for (const priority of PRIORITIES) for (const tiers of this.everyTiers()) yield tiers[priority];
  }

  private *everyTiers(): Generator<PerPriority<Lane>> {
    yield* this.tiers.values();
    yield* this.delayed.values();
  }

  /** Takes out the oldest of the least urgent tier that waits, but none that is more urgent than the newcomer. */
  private dropOldest(newcomer: Priority): Parcel | undefined {
    const droppable = PRIORITIES.slice(PRIORITIES.indexOf(newcomer)).reverse();
    for (const priority of droppable) {
      for (const tiers of this.everyTiers()) {
        const parcel = tiers[priority].dropOldest();
        if (!parcel) continue;
        this.buffered -= parcel.bytes;
        return parcel;
      }
    }
    return undefined;
  }

  private gone(bytes: number): void {
    this.buffered -= bytes;
    for (let next = this.waiting.first; next && this.fits(next.parcel.bytes); next = this.waiting.first) {
      this.waiting.shift();
      this.enter(next.lane, next.parcel);
    }
    if (this.buffered > 0 || this.idlers.length === 0) return;
    for (const subscriber of this.idlers.splice(0)) subscriber.complete();
  }

  private lane(stream: string, { priority, due }: Parcel): Lane {
    const lanes = due === undefined ? this.tiers : this.delayed;
    let tiers = lanes.get(stream);
    if (!tiers) {
      tiers = perPriority((tier) =>
        due === undefined ? this.newLane(stream, tier) : this.newDelayedLane(stream, tier),
      );
      lanes.set(stream, tiers);
    }
    return tiers[priority];
  }

  private newLane(stream: string, priority: Priority): Lane {
    const { store, formOf = () => DEFAULT_FORM } = this.options;
    const form = formOf(stream);
    const durability = this.options.durabilityOf?.(stream);
    const append = form.records === 'single' ? plainAppend(store, durability) : packedAppend(store, form, durability);
    const place = `${stream}:${priority}:`;
    return new Lane({
      ...this.laneOptions(priority, ({ id }, ref) => id ?? place + ref.id),
      append: (parcels, turn) => append(stream, parcels, turn),
      depth: store.features.has('turns') ? 2 : 1,
    });
  }

  private newDelayedLane(stream: string, priority: Priority): Lane {
    const { store } = this.options;
    const durability = this.options.durabilityOf?.(stream);
    return new Lane({
      ...this.laneOptions(priority, (_, ref) => ref.id),
      // One that is delayed has an id and a due time.
      append: (parcels, turn) => store.schedule(stream, parcels as readonly DelayedRecord[], turn, durability),
      depth: 1,
    });
  }

  private laneOptions(
    priority: Priority,
    idOf: (parcel: Parcel, ref: AppendedRef) => string,
  ): Omit<LaneOptions, 'append' | 'depth'> {
    const { lingerMs, maxBatch, timeoutMs, scheduler = asyncScheduler } = this.options;
    return {
      lingerMs: lingerMs[priority],
      maxBatch,
      maxBatchBytes: MAX_BATCH_BYTES,
      timeoutMs,
      scheduler,
      gone: (parcel, error, ref) => {
        this.gone(parcel.bytes);
        if (error) this.failed += 1;
        answer(parcel, error, ref && idOf(parcel, ref), ref?.duplicate);
      },
    };
  }
}

const AT_ONCE = 'it has `delayMs` or `deliverAt`, and what an ack appends is there at once; leave one of them out';

/** Tells whoever published it what became of a message: the id it has, or the error. */
function answer(
  { span, topic, confirm }: Parcel,
  error: Error | undefined,
  id: string | undefined,
  duplicate?: true,
): void {
  endSending(span, error, id);
  if (error) confirm(error, undefined);
  else if (id === undefined) confirm(new Error('the store confirmed a record without its id'), undefined);
  else confirm(undefined, duplicate ? { id, topic, duplicate } : { id, topic });
}
