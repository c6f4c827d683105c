import type { SchedulerLike } from 'rxjs';
import type { Notify } from '../core/notice.ts';
import type { PerPriority } from '../core/priority.ts';
import type { DeliveryMakerOptions } from './deliveryMaker.ts';
import type { Judge } from './failurePolicy.ts';
import type { ReconnectOptions } from './patience.ts';

export interface ReaderOptions extends DeliveryMakerOptions {
  readonly judge: Judge;
  /** Hand-outs in all before a message is given up. */
  readonly attempts: number;
  readonly credit: PerPriority<number>;
  /** What the whole source may have out, if this is one of its readers. @default `credit` */
  readonly sourceCredit?: PerPriority<number>;
  /** A consumer's name, new at each call. */
  readonly consumerName: () => string;
  readonly leaseMs: number;
  /** Whether messages of one key are handed on one after another, by the only consumer of the group. @default false */
  readonly ordered?: boolean;
  /** How long one take may wait, in ms. */
  readonly waitMs: number;
  /** How long deliveries may stay out after the subscription ended, in ms. */
  readonly drainMs: number;
  /** After how long a delivery that is still out is reported, in ms. */
  readonly overdueMs: number;
  readonly reconnect?: ReconnectOptions | undefined;
  readonly notify: Notify;
  readonly scheduler: SchedulerLike;
}
