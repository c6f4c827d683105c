import {
  asapScheduler,
  filter,
  firstValueFrom,
  type MonoTypeOperatorFunction,
  observeOn,
  Subject,
  startWith,
  tap,
} from 'rxjs';
import type { Delivery } from 'sluice';
import { now } from './now.ts';

/** Watches deliveries end: how long after its publication each message was settled, and when all of them are. */
export class Settlements {
  /** By message, in ms from its publication to its (last) settlement. */
  readonly latenciesMs = new Map<string, number>();
  private readonly ended = new Subject<void>();

  watch<D extends Delivery>(): MonoTypeOperatorFunction<D> {
    return tap(({ duty, message: { id, time } }) => {
      duty.watch({
        settled: () => {
          this.latenciesMs.set(id, now() - time);
          this.ended.next();
        },
      });
    });
  }

  /** Resolves once `done` holds; it is asked now, and soon after each settlement, when the pipelines have counted it. */
  async until(done: () => boolean): Promise<void> {
    await firstValueFrom(this.ended.pipe(startWith(undefined), observeOn(asapScheduler), filter(done)));
  }
}
