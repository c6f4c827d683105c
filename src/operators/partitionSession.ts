import { asapScheduler, Observable, type Subscriber } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { SluiceError } from '../core/errors.ts';
import { feed } from '../internal/operate.ts';
import type { BranchEndedError } from './branchEndedError.ts';
import { Branches, type Router } from './branches.ts';

/**
 * One shared subscription to a source, from the first subscription of an output to the end.
 *
 * | state   | event                     | next    | effect                                                |
 * |---------|---------------------------|---------|-------------------------------------------------------|
 * | waiting | an output is subscribed   | waiting | the last one: open, the source is subscribed          |
 * | open    | an output is subscribed   | open    | it takes deliveries again                             |
 * | open    | the source ends           | ended   | every output is told                                  |
 * | any     | an output is unsubscribed | same    | the last one: ended, the source is unsubscribed, what is held is released |
 */
export class PartitionSession<T> {
  private readonly branches: Branches<T>;
  private upstream: Subscriber<never> | undefined;
  private subscribed = 0;
  private completed = false;

  constructor(
    private readonly source: Observable<Delivery<T>>,
    private readonly router: Omit<Router<T>, 'refuse'>,
    private readonly onEnd: () => void,
  ) {
    this.branches = new Branches({ ...router, refuse: (delivery, error) => this.refuse(delivery, error) });
  }

  join(output: number, subscriber: Subscriber<Delivery<T>>): void {
    if (this.branches.takes(output)) return subscriber.error(takenError(this.router.names[output]));
    this.subscribed += 1;
    subscriber.add(() => this.leave());
    this.branches.input(output).subscribe(subscriber);
    if (this.subscribed === this.router.names.length && !this.upstream) this.connect();
  }

  private leave(): void {
    this.subscribed -= 1;
    if (this.subscribed > 0) return;
    this.onEnd();
    this.upstream?.unsubscribe();
    this.branches.release();
  }

  private connect(): void {
    const { source, branches } = this;
    const connection = new Observable<never>((upstream) => {
      this.upstream = upstream;
      feed(source, upstream, { next: (delivery) => branches.next(delivery), complete: () => this.complete() });
    });
    connection.subscribe({ error: (cause) => this.error(cause) });
  }

  // The outputs may be subscribed anew as soon as they are told: that is another session.
  private complete(): void {
    this.completed = true;
    this.onEnd();
    this.branches.complete();
  }

  private error(cause: unknown): void {
    this.onEnd();
    this.branches.error(cause);
  }

  // Whoever unsubscribes several outputs does so one after the other, and the source may emit in between: whether one
  // of them ended early is known after that.
  private refuse(delivery: Delivery<T>, error: BranchEndedError): void {
    asapScheduler.schedule(() => {
      if (this.subscribed > 0 || this.completed) delivery.fail(error);
      else delivery.release();
    });
  }
}

function takenError(output: string | undefined): SluiceError {
  return new SluiceError(
    'ALREADY_SUBSCRIBED',
    `output ${output} is subscribed already: a delivery has one subscriber; put \`share()\` behind it for more`,
  );
}
