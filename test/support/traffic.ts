import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  type Bus,
  type BusConfig,
  connect,
  handle,
  type Notice,
  pipeline,
  type RunningPipeline,
  stage,
} from '../../src/index.ts';
import { eventually } from './eventually.ts';

/** A bus that publishes numbers and one that handles them, without end, and the books of both. */
export class Traffic implements AsyncDisposable {
  /** What publish confirmed. */
  readonly confirmed: number[] = [];
  /** What was handled, as often as it was. */
  readonly handled: number[] = [];
  /** What publish refused. */
  readonly refused: unknown[] = [];
  /** What the buses had to tell. */
  readonly notices: Notice[] = [];
  private next = 0;
  private flowing: Promise<void> | undefined;
  private running!: RunningPipeline;

  static async start(config: BusConfig): Promise<Traffic> {
    const [publisher, consumer] = [await connect(config), await connect(config)];
    const traffic = new Traffic(publisher, consumer);
    traffic.consume();
    return traffic;
  }

  private constructor(
    private readonly publisher: Bus,
    private readonly consumer: Bus,
  ) {
    for (const bus of [publisher, consumer]) bus.notices.subscribe((notice) => this.notices.push(notice));
  }

  /** Publishes so many numbers at once, each under a key of its own; resolves when all are confirmed or refused. */
  async publish(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, () => this.next++);
    await Promise.all(
      numbers.map((number) =>
        this.publisher.publish('n', number, { key: `${number % 64}` }).then(
          () => this.confirmed.push(number),
          (error) => this.refused.push(error),
        ),
      ),
    );
  }

  /** Publishes one handful after another until `dry`. */
  flow(): void {
    let open = true;
    const run = async () => {
      while (open) {
        await this.publish(20);
        await pause(5);
      }
    };
    this.flowing = run();
    this.stopFlow = () => {
      open = false;
    };
  }

  /** Ends the flow; resolves when its last handful is confirmed or refused. */
  async dry(): Promise<void> {
    this.stopFlow();
    await this.flowing;
  }

  /** Resolves once everything that was confirmed has been handled, or what is given. */
  async arrived(those: readonly number[] = this.confirmed): Promise<void> {
    const missing = () => {
      const seen = new Set(this.handled);
      return those.filter((number) => !seen.has(number));
    };
    await eventually(
      () => {
        if (missing().length > 0) throw new Error(`${missing().length} are missing, such as ${missing().slice(0, 5)}`);
      },
      { withinMs: 30_000 },
    ).catch(async (error) => {
      throw new Error(`${error.message}; ${await this.report()}`);
    });
  }

  /** What the consumer holds, what is in the store, and what the buses had to tell. */
  async report(): Promise<string> {
    const { sources } = await this.consumer.health();
    const stats = await this.consumer.stats().catch((error) => error.message);
    const told = this.notices.map(({ code, message }) => `${code}: ${message}`);
    return inspect({ sources, stats, told }, { depth: 6, breakLength: 160 });
  }

  /** How many were handled more than once. */
  get repeated(): number {
    return this.handled.length - new Set(this.handled).size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dry();
    await this.running.stop();
    await Promise.all([this.publisher.close(), this.consumer.close()]);
  }

  private stopFlow: () => void = () => undefined;

  private consume(): void {
    const source = this.consumer.from('n', { group: 'g' });
    const note = handle((number: unknown) => void this.handled.push(number as number));
    this.running = pipeline('traffic', source, stage('note', note)).run();
  }
}
