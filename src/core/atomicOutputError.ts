import { PermanentError } from './errors.ts';

/** Why an output can't be kept in the very step that acks its input: what each asks for is in the message. */
export type AtomicOutputFault =
  | 'ATOMIC_SOURCE'
  | 'ATOMIC_BATCH'
  | 'ATOMIC_DELAYED'
  | 'ATOMIC_SETTLED'
  | 'ATOMIC_STREAM'
  | 'ATOMIC_PARTITION';

/** An output that can't be kept in the very step that acks its input. */
export class AtomicOutputError extends PermanentError {
  constructor(
    override readonly code: AtomicOutputFault,
    topic: string,
    why: string,
  ) {
    super(`an output to '${topic}' can't be atomic: ${why}`, {}, code);
  }
}
