import { expect } from 'chai';
import { EMPTY, filter, map, NEVER, Observable, of, pipe, Subject, take, throwError } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import type { RootDuty } from '../../src/core/duty.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { chainOf } from '../../src/internal/graph.ts';
import { handle } from '../../src/operators/handle.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { stage } from '../../src/pipeline/stage.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { VirtualTime } from '../support/virtualTime.ts';

const upper = () =>
  stage(
    'upper',
    mapData((text: string) => text.toUpperCase()),
  );

function run(test: Parameters<TestScheduler['run']>[0]): void {
  new VirtualTime().run(test);
}

describe('stage', () => {
  let source: TestSource;
  beforeEach(() => {
    source = new TestSource();
  });

  function deliveries(text: string): Record<string, Delivery<string>> {
    return Object.fromEntries([...text].map((letter) => [letter, source.deliver(letter)]));
  }

  it('does what its operator does, at the same time', () =>
    run(({ hot, expectObservable, expectSubscriptions }) => {
      const input = hot('-a-b-c-|', deliveries('abc'));
      expectObservable(
        input.pipe(
          upper(),
          map(({ data }) => data),
        ),
      ).toBe('-A-B-C-|');
      expectSubscriptions(input.subscriptions).toBe('^------!');
    }));

  it('passes on the end of an empty source, the silence of one that never ends, and an error', () =>
    run(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(upper())).toBe('|');
      expectObservable(NEVER.pipe(upper())).toBe('-');
      expectObservable(throwError(() => 'broken').pipe(upper())).toBe('#', undefined, 'broken');
    }));

  it('turns what its operator throws into an error', () =>
    run(({ hot, expectObservable }) => {
      const broken = stage(
        'broken',
        map((): Delivery => {
          throw new Error('oops');
        }),
      );
      expectObservable(hot('-a-b', deliveries('ab')).pipe(broken)).toBe('-#', undefined, new Error('oops'));
    }));

  it('unsubscribes from its source when it is unsubscribed, through the whole chain', () =>
    run(({ hot, expectObservable, expectSubscriptions }) => {
      const input = hot('-a-b-c-|', deliveries('abc'));
      const chain = input.pipe(
        map((delivery) => delivery),
        upper(),
        map(({ data }) => data),
      );
      expectObservable(chain, '^---!').toBe('-A-B-');
      expectSubscriptions(input.subscriptions).toBe('^---!');
    }));

  it('stops a synchronous source that has been unsubscribed from within', () => {
    const asked: number[] = [];
    const endless = new Observable<Delivery<string>>((subscriber) => {
      for (let i = 0; !subscriber.closed && i < 9; i++) {
        asked.push(i);
        subscriber.next(source.deliver('a'));
      }
    });
    endless.pipe(upper(), take(2)).subscribe();
    expect(asked).to.deep.equal([0, 1]);
  });

  it('passes on what arrives while it emits', () => {
    const input = new Subject<Delivery<string>>();
    const seen: string[] = [];
    input.pipe(upper()).subscribe(({ data }) => {
      seen.push(data);
      if (data === 'A') input.next(source.deliver('b'));
    });
    input.next(source.deliver('a'));
    expect(seen).to.deep.equal(['A', 'B']);
  });

  it('marks the delivery with its name before the operator sees it', () => {
    const seen: unknown[] = [];
    const look = (delivery: Delivery<string>): Delivery<string> => {
      seen.push((delivery.duty.roots[0] as RootDuty).stage);
      return delivery;
    };
    const delivery = source.deliver('a');
    of(delivery)
      .pipe(stage('one', map(look)), stage('two', map(look)))
      .subscribe();
    expect(seen).to.deep.equal(['one', 'two']);
  });

  it('marks every root behind a batch, and the root behind a part', () => {
    const [a, b] = [source.deliver('a'), source.deliver('b')];
    const [part] = b.split([1, 2]);
    of(Batch.of<unknown>([a, part as Delivery]))
      .pipe(stage('both', pipe()))
      .subscribe();
    expect([a, b].map(({ duty }) => duty.roots[0]?.stage)).to.deep.equal(['both', 'both']);
  });

  it('settles nothing of its own', () => {
    of(source.deliver('a'), source.deliver('b')).pipe(upper()).subscribe();
    expect(source.unsettled).to.deep.equal(['a', 'b']);
  });

  it('hands on the very delivery that its operator emits, when nothing is traced', () => {
    const delivery = source.deliver('a');
    let seen: Delivery | undefined;
    of(delivery)
      .pipe(stage('same', pipe()))
      .subscribe((passed) => {
        seen = passed;
      });
    expect(seen).to.equal(delivery);
  });

  it('shows in the graph with what is inside', () => {
    const inside = pipe(
      handle((text: string) => text, { concurrency: 3 }),
      filter(() => true),
    );
    expect(chainOf(EMPTY.pipe(stage('check', inside)))).to.deep.equal([
      {
        kind: 'stage',
        name: 'check',
        inner: [
          { kind: 'operator', name: 'handle', attributes: { concurrency: 3 } },
          { kind: 'operator', name: 'operator' },
        ],
      },
    ]);
  });

  it('refuses an empty name', () => {
    expect(() => stage('', pipe())).to.throw(InvalidOptionError, "name is ''");
  });
});
