/** A call that looks for something and, if there is nothing, waits. */
export interface Wait {
  /** The key of the group's members; empty without a group. */
  readonly key: string;
  /** Something has changed since it began to look. */
  woken: boolean;
  /** Ends the waiting, while it waits. */
  interrupt: (() => void) | undefined;
}

/**
 * The calls of this process that may be waiting, so that they can be ended early: when cancelled, and when something is
 * due sooner than they know. Those of other processes look again within `blockMs`.
 */
export class Waits {
  private readonly waiting = new Set<Wait>();

  /** Looks once; what changes while the answers are on their way wakes it too, and so does the signal. */
  async during<T>(key: string, signal: AbortSignal, look: (wait: Wait) => Promise<T>): Promise<T> {
    const wait: Wait = { key, woken: signal.aborted, interrupt: undefined };
    const cancel = () => end(wait);
    signal.addEventListener('abort', cancel);
    this.waiting.add(wait);
    try {
      return await look(wait);
    } finally {
      this.waiting.delete(wait);
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Lets the takes of a group look again. */
  wake(key: string): void {
    for (const wait of this.waiting) if (wait.key === key) end(wait);
  }
}

function end(wait: Wait): void {
  wait.woken = true;
  wait.interrupt?.();
}
