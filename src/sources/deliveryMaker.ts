import { Delivery } from '../core/delivery.ts';
import type { Origin } from '../core/duty.ts';
import type { CreateGroupRequest, Entry, Member, StreamStore } from '../core/store.ts';
import { type ProcessingSource, processingSource, startProcessing } from '../telemetry/consumerSpan.ts';
import type { TracingSwitches } from '../telemetry/tracingSwitches.ts';
import { EntryDuty } from './entryDuty.ts';
import { type EntryFilter, openEntry } from './openEntry.ts';

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
}
