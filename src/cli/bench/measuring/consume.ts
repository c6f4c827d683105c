import type { Subscription } from 'rxjs';
import type { Bus } from '../../../bus/bus.ts';
import { acknowledge } from '../../../operators/acknowledge.ts';
import { handle } from '../../../operators/handle.ts';
import type { Work } from './work.ts';

/** Told of each message when its handler has it, and of what ends the reading. */
export interface Consumer {
  readonly handled: (work: Pick<Work, 'n'>) => void;
  readonly failed: (cause: unknown) => void;
}

/** Reads for a measurement until unsubscribed. */
export type Consume = (bus: Bus, consumer: Consumer) => Subscription;

/** One consumer of a group that shares the work: handles each message and acknowledges it. */
export const consume: Consume = (bus, { handled, failed }) =>
  bus
    .from('bench.*', { group: 'bench' })
    .pipe(
      handle((data) => handled(data as Work)),
      acknowledge(),
    )
    .subscribe({ error: failed });
