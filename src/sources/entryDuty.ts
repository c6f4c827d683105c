import type { Span } from '@opentelemetry/api';
import { type Origin, RootDuty } from '../core/duty.ts';
import { ACK, type Outcome } from '../core/outcome.ts';
import type { Priority } from '../core/priority.ts';
import type { Entry, Settlement } from '../core/store.ts';
import { traceparentOf } from '../telemetry/traceparentOf.ts';

/** The duty of one entry, as one incarnation of its consumer holds it; once it has ended, its settlement. */
export class EntryDuty extends RootDuty implements Settlement {
  readonly priority: Priority;
  readonly id: string;
  readonly attempt: number;
  /** What the failure policy made of the verdict; ack before there is one. */
  outcome: Outcome = ACK;

  constructor(
    origin: Origin,
    entry: Pick<Entry, 'priority' | 'id' | 'attempt'>,
    /** Which incarnation: what an earlier one held is no longer its to settle. */
    readonly incarnation: number,
    /** The span of its processing, if it is traced. */
    readonly span: Span | undefined,
    /** When it was handed on, in ms since the epoch. */
    readonly since: number,
  ) {
    super(origin);
    this.priority = entry.priority;
    this.id = entry.id;
    this.attempt = entry.attempt;
  }

  /** Where its span is, for the dead letter that it becomes. */
  get trace(): string | undefined {
    return this.outcome.kind === 'reject' ? traceparentOf(this.span) : undefined;
  }
}
