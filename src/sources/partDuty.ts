import type { Span } from '@opentelemetry/api';
import type { Origin } from '../core/duty.ts';
import type { BatchInHand } from './batchInHand.ts';
import { EntryDuty } from './entryDuty.ts';

/** The duty of one message of a record batch. */
export class PartDuty extends EntryDuty {
  constructor(
    origin: Origin,
    readonly batch: BatchInHand,
    /** Its place in the batch. */
    readonly index: number,
    attempt: number,
    span: Span | undefined,
    since: number,
  ) {
    super(origin, attempt === batch.attempt ? batch : { ...refOf(batch), attempt }, batch.incarnation, span, since);
  }
}

function refOf({ priority, id }: BatchInHand) {
  return { priority, id };
}
