import { expect } from 'chai';
import { delay, from, map, mergeMap, NEVER, Observable, of, throwError, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { StoreClosedError, StoreUnavailableError } from '../../src/core/storeErrors.ts';
import { batch } from '../../src/operators/batch.ts';
import { handle } from '../../src/operators/handle.ts';
import { pipeline } from '../../src/pipeline/pipeline.ts';
import type { StopReport } from '../../src/pipeline/run.ts';
import type { TestSource } from '../../src/testing/testSource.ts';
import { quiet, settledAt, virtualRun } from '../support/virtualRun.ts';

const broken = new Error('broken');
const restart = { initialMs: 10, jitter: 0 };

/** Hands out letters at each subscription, until each has been acked or failed. */
function redelivering(source: TestSource, letters: string): Observable<Delivery<string>> {
  return new Observable((subscriber) => {
    const done = source.settlements.filter(({ verdict }) => verdict.kind !== 'release').map(({ data }) => data);
    for (const letter of letters) if (!done.includes(letter)) subscriber.next(source.deliver(letter));
    return NEVER.subscribe();
  });
}

/** An operator that is not ours and breaks at b, some ms after it came. */
const breaksLater = (ms: number) =>
  mergeMap((delivery: Delivery<string>) =>
    delivery.data === 'b'
      ? timer(ms).pipe(
          map(() => {
            throw broken;
          }),
        )
      : of(delivery),
  );

describe('pipeline, looking for what broke it', () => {
  it('fails the delivery that a foreign operator behind an asynchronous stage was just taking', () =>
    virtualRun(({ flush, source }) => {
      const slow = handle((text: string) => timer(5).pipe(map(() => text)), { concurrency: 3 });
      const poisoned = map((delivery: Delivery<string>) => {
        if (delivery.data === 'b') throw broken;
        return delivery;
      });
      const running = pipeline('poison', redelivering(source, 'abc'), slow, poisoned).run({ ...quiet(), restart });
      flush();
      expect(settledAt(source)).to.deep.equal(['5 ack a', '5 fail b: broken', '5 release c', '20 ack c']);
      expect(running.counts.restarts).to.equal(1);
    }));

  it('lets them in one at a time when it saw nobody break it, and fails the one that is in when it comes again', () =>
    virtualRun(({ flush, source }) => {
      const running = pipeline('hidden', redelivering(source, 'abc'), delay(2), breaksLater(4)).run({
        ...quiet(),
        restart,
      });
      flush();
      expect(settledAt(source)).to.deep.equal([...['2 ack a', '2 ack c', '6 release b'], ...['22 fail b: broken']]);
      expect(running.counts.restarts).to.equal(2);
      expect(running.state).to.equal('running');
    }));

  it('blames none of those that were in hand with it', () =>
    virtualRun(({ flush, source }) => {
      const holds = mergeMap((delivery: Delivery<string>) => of(delivery).pipe(delay(50)));
      pipeline('crowd', redelivering(source, 'abcd'), breaksLater(4), holds).run({ ...quiet(), restart });
      flush();
      const failed = source.log.filter((line) => line.startsWith('fail'));
      expect(failed).to.deep.equal(['fail b: broken']);
      expect(source.log.filter((line) => line.startsWith('ack'))).to.deep.equal(['ack a', 'ack c', 'ack d']);
      expect(source.unsettled).to.deep.equal([]);
    }));

  it('lets the next in after a second, if a stage waits for it', () =>
    virtualRun(({ flush, source }) => {
      const pairs = (input: Observable<Delivery<string>>) =>
        new Observable<Delivery<string>>((subscriber) => {
          let first: Delivery<string> | undefined;
          return input.subscribe({
            next: (delivery) => {
              if (!first) first = delivery;
              else for (const each of [first, delivery]) subscriber.next(each);
            },
            error: (cause) => subscriber.error(cause),
          });
        });
      let broke = false;
      const breaksOnce = mergeMap((delivery: Delivery<string>) => {
        if (broke) return of(delivery);
        broke = true;
        return timer(1).pipe(mergeMap(() => throwError(() => broken)));
      });
      pipeline('pairs', redelivering(source, 'ab'), breaksOnce, pairs).run({ ...quiet(), restart });
      flush();
      expect(settledAt(source)).to.deep.equal(['1 release a', '1 release b', '1011 ack a', '1011 ack b']);
    }));

  it('closes a batch that waits for more of them', () =>
    virtualRun(({ flush, source }) => {
      let broke = false;
      const breaksOnce = mergeMap((delivery: Delivery<string>) => {
        if (broke) return of(delivery);
        broke = true;
        return timer(1).pipe(mergeMap(() => throwError(() => broken)));
      });
      pipeline('batched', redelivering(source, 'ab'), breaksOnce, batch({ maxSize: 2 })).run({ ...quiet(), restart });
      flush();
      expect(settledAt(source)).to.deep.equal(['1 release b', '1 release a', '11 ack a', '11 ack b']);
    }));

  it('handles to the end what waits when its source completes', () =>
    virtualRun(({ flush, source }) => {
      let runs = 0;
      const input = new Observable<Delivery<string>>((subscriber) => {
        runs += 1;
        const letters = ['a', 'b'].map((letter) => source.deliver(letter));
        return (runs === 1 ? from(letters.slice(0, 1)) : from(letters)).subscribe({
          next: (delivery) => subscriber.next(delivery),
          complete: () => runs > 1 && subscriber.complete(),
        });
      });
      const breaksOnce = mergeMap((delivery: Delivery<string>) =>
        runs > 1 ? of(delivery).pipe(delay(5)) : timer(1).pipe(mergeMap(() => throwError(() => broken))),
      );
      const running = pipeline('finite', input, breaksOnce).run({ ...quiet(), restart });
      flush();
      expect(source.log.filter((line) => line.startsWith('ack'))).to.deep.equal(['ack a', 'ack b']);
      expect(running.state).to.equal('completed');
    }));
});

describe('pipeline whose bus is closed while it waits for its restart', () => {
  it('is stopped, not failed', async () => {
    const options = quiet();
    let report: Promise<StopReport> | undefined;
    virtualRun(({ flush }) => {
      let closed = false;
      const input = new Observable<Delivery>((subscriber) => {
        if (closed) throw new StoreClosedError('the bus');
        closed = true;
        subscriber.error(new StoreUnavailableError('away'));
      });
      const running = pipeline('closed', input).run({ ...options, restart });
      report = running.done;
      flush();
      expect(running.state).to.equal('stopped');
    });
    expect(await report).to.deep.equal({ drained: true, left: [] });
    expect(options.told.filter((line) => line.startsWith('error'))).to.deep.equal([]);
  });

  it('fails if it never ran', () => {
    const running = pipeline(
      'never',
      throwError(() => new StoreClosedError('the bus')),
    ).run(quiet());
    expect(running.state).to.equal('failed');
  });
});
