import type { Subscriber } from 'rxjs';
import { Delivery } from '../core/delivery.ts';
import type { Priority } from '../core/priority.ts';
import { feed } from '../internal/operate.ts';
import { callOn, FAILED } from './callOn.ts';
import { checkPriority } from './checkPriority.ts';
import { PriorityLine } from './priorityLine.ts';
import type { PriorityInput } from './prioritySources.ts';
import { TurnLine, type TurnLineOptions } from './turnLine.ts';

export interface PriorityMergeOptions extends TurnLineOptions {
  readonly maxInFlight: number;
  readonly priorityOf: ((value: unknown) => Priority) | undefined;
}

/** One subscription to sources that are merged by priority: deliveries wait in one line, plain values in another. */
export class PriorityMerge {
  private readonly deliveries: PriorityLine<Delivery>;
  private readonly values: TurnLine<unknown>;
  /** Sources that have not completed, and lines that have not ended. */
  private open: number;

  constructor(
    private readonly inputs: readonly PriorityInput[],
    private readonly options: PriorityMergeOptions,
    private readonly subscriber: Subscriber<unknown>,
  ) {
    const ended = (): void => this.ended();
    this.deliveries = new PriorityLine(options.maxInFlight, options.rules, subscriber as Subscriber<Delivery>, ended);
    this.values = new TurnLine(options, subscriber, ended);
    this.open = inputs.length;
  }

  start(): void {
    for (const { source, priority } of this.inputs) {
      if (this.subscriber.closed) return;
      feed(source, this.subscriber, {
        next: (value) => this.take(value, priority),
        error: (cause) => this.fail(cause),
        complete: () => this.completed(),
      });
    }
  }

  stop(): void {
    this.deliveries.stop();
    this.values.stop();
  }

  private take(value: unknown, priority: Priority | undefined): void {
    if (value instanceof Delivery) return this.takeDelivery(value, priority);
    try {
      this.values.take(value, this.tierOf(value, priority ?? 'normal'));
    } catch (cause) {
      this.fail(cause);
    }
  }

  private takeDelivery(delivery: Delivery, priority: Priority | undefined): void {
    const tier = callOn(delivery, () => this.tierOf(delivery, priority ?? delivery.message.priority));
    if (tier !== FAILED) this.deliveries.take(delivery, tier);
  }

  private tierOf(value: unknown, otherwise: Priority): Priority {
    const { priorityOf } = this.options;
    return priorityOf ? checkPriority('priorityOf(value)', priorityOf(value)) : otherwise;
  }

  private fail(cause: unknown): void {
    this.deliveries.stop();
    this.values.fail(cause);
  }

  private completed(): void {
    this.open -= 1;
    if (this.open > 0) return;
    this.open = LINES;
    this.deliveries.finish();
    this.values.finish();
  }

  private ended(): void {
    this.open -= 1;
    if (this.open === 0) this.subscriber.complete();
  }
}

const LINES = 2;
