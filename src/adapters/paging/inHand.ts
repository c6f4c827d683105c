/**
 * What a watch has given out and is to keep once it has been dealt with: one at a time.
 *
 * | state | event                                      | next |
 * |-------|--------------------------------------------|------|
 * | empty | `give`                                     | out  |
 * | out   | settled for good, or the next is asked for | kept: `keep` begins, once |
 * | out   | left                                       | nothing is kept: it comes again after a restart |
 */
export class InHand<T extends object> {
  private out: T | undefined;
  private kept: Promise<void> = Promise.resolve();

  constructor(private readonly keep: (out: T) => Promise<void>) {}

  give(out: T): IteratorYieldResult<T> {
    this.out = out;
    return { done: false, value: out };
  }

  /** Resolves once what was out is kept. */
  dealtWith(): Promise<void> {
    const { out } = this;
    this.out = undefined;
    if (out) this.kept = this.keep(out);
    return this.kept;
  }

  /** As `dealtWith`, where nobody waits: what fails is told to whoever asks for the next. */
  settled(): void {
    this.dealtWith().catch(() => undefined);
  }
}
