import { map, timer } from 'rxjs';
import { handle } from '../../src/operators/handle.ts';

/** A service that answers after a time, or fails while it is down. */
export class FailingService {
  down = false;
  readonly called: string[] = [];

  constructor(private readonly ms = 1) {}

  handle(concurrency = 50) {
    return handle(
      (data: string) => {
        this.called.push(data);
        return timer(this.ms).pipe(
          map(() => {
            if (this.down) throw new Error('down');
            return `${data}!`;
          }),
        );
      },
      { concurrency },
    );
  }
}
