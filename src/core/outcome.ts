/** Handled: the group is done with the message. */
export interface Ack {
  readonly kind: 'ack';
}

/** Given back unhandled: handed out again at once, to whoever asks; the attempt does not count. */
export interface Release {
  readonly kind: 'release';
}

/** Handed out again, after a delay, as the next attempt. */
export interface Retry {
  readonly kind: 'retry';
  readonly delayMs: number;
  readonly error?: Error;
}

/** Moved to the dead letters with its error. */
export interface Reject {
  readonly kind: 'reject';
  readonly error: Error;
}

/** How a delivery ended. */
export type Outcome = Ack | Release | Retry | Reject;

/** A handling that failed: the source's failure policy makes it a retry or a rejection. */
export interface Failure {
  readonly kind: 'fail';
  readonly error: Error;
}

/** What may be said of a delivery; the source turns a failure into an outcome. */
export type Verdict = Outcome | Failure;

export const ACK: Ack = { kind: 'ack' };
export const RELEASE: Release = { kind: 'release' };

const SEVERITY: Record<Verdict['kind'], number> = { ack: 0, release: 1, retry: 2, fail: 3, reject: 4 };

/** The worse of two verdicts: ack < release < retry < fail < reject; of two retries, the later one; else the first. */
export function worse(first: Verdict, second: Verdict): Verdict {
  if (first.kind === 'retry' && second.kind === 'retry') {
    return second.delayMs > first.delayMs ? second : first;
  }
  return SEVERITY[second.kind] > SEVERITY[first.kind] ? second : first;
}
