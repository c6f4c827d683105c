import { Delivery } from '../core/delivery.ts';
import type { Origin } from '../core/duty.ts';
import { openBatch } from '../core/openedBatch.ts';
import type { CreateGroupRequest, Entry, Member, StreamStore } from '../core/store.ts';
import { type ProcessingSource, processingSource, startProcessing } from '../telemetry/consumerSpan.ts';
import type { TracingSwitches } from '../telemetry/tracingSwitches.ts';
import { BatchInHand } from './batchInHand.ts';
import { EntryDuty } from './entryDuty.ts';
import { type EntryFilter, openEntry } from './openEntry.ts';
import { isMeant, PartOpener } from './openPart.ts';
import { PartDuty } from './partDuty.ts';

/** A record batch, opened. */
export interface MadeBatch {
  readonly batch: BatchInHand;
  readonly opener: PartOpener;
}

export interface DeliveryMakerOptions {
  readonly store: StreamStore;
  readonly group: CreateGroupRequest;
  readonly filter: EntryFilter;
  readonly tracing?: TracingSwitches;
}

/** A delivery and the duty it is given out with. */
export interface Made {
  readonly delivery: Delivery;
  readonly duty: EntryDuty;
}

/** Makes deliveries of entries for one incarnation of a consumer. */
export class DeliveryMaker {
  private readonly spans: ProcessingSource;

  constructor(
    private readonly options: DeliveryMakerOptions,
    private readonly origin: Origin,
    member: Member,
    private readonly incarnation: number,
  ) {
    const { store, group, tracing } = options;
    const { name: system, server } = store;
    this.spans = processingSource({ system, server, pattern: group.pattern, ...member, tracing });
  }

  /**
   * The delivery of an entry, its span started; undefined if the entry is not meant for this group.
   *
   * @throws {PermanentError} if the entry can't be read
   */
  make(entry: Entry, now: number): Made | undefined {
    const message = openEntry(entry, this.options.filter);
    if (!message) return undefined;
    const { context, span } = startProcessing(this.spans, message, entry.attempt);
    const duty = new EntryDuty(this.origin, entry, this.incarnation, span, now);
    return { delivery: new Delivery(message, entry.attempt, duty, context), duty };
  }

  /**
   * Opens a record batch; undefined if it is not meant for this group.
   *
   * @throws {PermanentError} if it can't be read
   */
  open(entry: Entry): MadeBatch | undefined {
    const { filter } = this.options;
    if (!isMeant(entry, filter)) return undefined;
    const opened = openBatch(entry);
    return { batch: new BatchInHand(entry, opened, this.incarnation), opener: new PartOpener(entry, opened, filter) };
  }

  /**
   * The delivery of one message of a record batch, its span started; undefined if it is not meant for this group.
   *
   * @throws {PermanentError} if the message can't be read
   */
  makePart({ batch, opener }: MadeBatch, index: number, attempt: number, now: number): Delivery | undefined {
    const message = opener.open(index);
    if (!message) return undefined;
    const { context, span } = startProcessing(this.spans, message, attempt);
    return new Delivery(message, attempt, new PartDuty(this.origin, batch, index, attempt, span, now), context);
  }
}
