import { expect } from 'chai';
import { type Bus, type BusConfig, connect, type Notice } from '../../../../src/index.ts';
import { eventually } from '../../../support/eventually.ts';

/** A bus that consumes what it publishes, and what happened to it. */
export class Desk implements AsyncDisposable {
  readonly seen: unknown[] = [];
  readonly notices: Notice[] = [];
  error: Error | undefined;

  static async open(config: BusConfig): Promise<Desk> {
    return new Desk(await connect(config));
  }

  private constructor(readonly bus: Bus) {
    bus.notices.subscribe((notice) => this.notices.push(notice));
  }

  /** Consumes everything from now on. */
  consume(start: 'earliest' | 'latest' = 'earliest'): this {
    this.bus.from('t.*', { group: 'g', start }).subscribe({
      next: (delivery) => {
        this.seen.push(delivery.data);
        delivery.ack();
      },
      error: (error) => {
        this.error = error;
      },
    });
    return this;
  }

  publish(data: unknown): Promise<unknown> {
    return this.bus.publish('t.x', data);
  }

  /** Waits until exactly these were handled, in any order. */
  sees(...data: readonly unknown[]): Promise<void> {
    return eventually(() => expect([...this.seen].sort()).to.deep.equal([...data].sort()), { withinMs: 15_000 });
  }

  /** Waits until the group owes nothing. */
  settles(): Promise<void> {
    return eventually(async () => expect((await this.bus.stats()).groups[0]).to.deep.include({ pending: 0, lag: 0 }), {
      withinMs: 15_000,
    });
  }

  /** Waits for a notice. */
  tells(code: string): Promise<void> {
    return eventually(() => expect(this.codes).to.include(code), { withinMs: 15_000 });
  }

  get codes(): readonly string[] {
    return this.notices.map(({ code }) => code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus.close({ deadlineMs: 500 });
  }
}
