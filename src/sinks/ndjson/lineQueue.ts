import type { Subscriber } from 'rxjs';
import type { Delivery } from '../../core/delivery.ts';
import { toError } from '../../core/errors.ts';
import { Arrivals } from '../../internal/arrivals.ts';
import { Fifo } from '../../internal/fifo.ts';
import { emitNotice } from '../../telemetry/emitNotice.ts';
import { FileWriteError } from './fileWriteError.ts';
import type { LineWriter } from './lineWriter.ts';

/** Makes the line of a delivery; undefined when it settled the delivery instead. */
export type LineOf<D extends Delivery> = (delivery: D) => string | undefined;

export interface LineQueueOptions<D extends Delivery> {
  readonly writer: LineWriter;
  readonly lineOf: LineOf<D>;
  /** Lines are gathered into one write up to this many characters. */
  readonly writeSize: number;
}

/**
 * Writes deliveries as lines, one write at a time, and hands them on in order. What waits for a write goes into the
 * next one together. What others settle meanwhile is left out.
 *
 * | state   | event           | next    | effect                                                   |
 * |---------|-----------------|---------|----------------------------------------------------------|
 * | idle    | delivery        | writing | its line is written                                      |
 * | writing | delivery        | writing | it waits                                                 |
 * | writing | written, failed | writing | handed on, failed; the next lines; none left: idle       |
 * | idle    | complete        | ended   | the writer is closed, then the subscriber completes      |
 * | idle, writing | stop      | ended   | all are released; the writer is closed after its write   |
 */
export class LineQueue<D extends Delivery> {
  private readonly waiting = new Fifo<D>();
  private readonly writing = new Fifo<D>();
  private readonly arrivals = new Arrivals<D>();
  private busy = false;
  private completing = false;
  private stopped = false;
  private ended = false;

  constructor(
    private readonly subscriber: Subscriber<D>,
    private readonly options: LineQueueOptions<D>,
  ) {}

  next(delivery: D): void {
    this.arrivals.came(delivery);
    this.waiting.push(delivery);
    this.start();
  }

  complete(): void {
    this.completing = true;
    this.start();
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    for (const queue of [this.writing, this.waiting]) {
      for (let held = queue.shift(); held; held = queue.shift()) held.release();
    }
    this.start();
  }

  private start(): void {
    if (this.busy) return;
    this.busy = true;
    this.run().catch((cause) => this.subscriber.error(cause));
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0 && !this.stopped) await this.write(this.gather());
    this.busy = false;
    if ((this.stopped || this.completing) && !this.ended) await this.end();
  }

  /** The lines of one write; their deliveries are in `writing` then. */
  private gather(): string {
    let lines = '';
    while (this.waiting.size > 0 && lines.length < this.options.writeSize) {
      const delivery = this.waiting.shift() as D;
      const line = this.arrivals.lost(delivery) ? undefined : this.options.lineOf(delivery);
      if (line === undefined) continue;
      lines += `${line}\n`;
      this.writing.push(delivery);
    }
    return lines;
  }

  private async write(lines: string): Promise<void> {
    if (lines === '') return;
    const { writer } = this.options;
    const error = await writer.write(lines).then(() => undefined, toError);
    const failed = error && new FileWriteError(writer.name, error);
    for (let delivery = this.writing.shift(); delivery; delivery = this.writing.shift()) {
      if (failed) delivery.fail(failed);
      else if (!this.arrivals.lost(delivery)) this.subscriber.next(delivery);
    }
  }

  private async end(): Promise<void> {
    this.ended = true;
    const { writer } = this.options;
    const error = await writer.close().then(() => undefined, toError);
    const failed = error && new FileWriteError(writer.name, error);
    if (!failed) this.subscriber.complete();
    else if (!this.subscriber.closed) this.subscriber.error(failed);
    else emitNotice({ level: 'warn', code: 'SLUICE_FILE_CLOSE', message: failed.message, error: failed });
  }
}
