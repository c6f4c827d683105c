import { expect } from 'chai';
import { EMPTY, map, mergeMap, NEVER, of, tap, throwError, timer } from 'rxjs';
import { InvalidOptionError, InvalidPatternError } from '../../src/core/errors.ts';
import type { Branch } from '../../src/operators/branch.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { routeTopics } from '../../src/operators/routeTopics.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

const same: Branch<string, string> = (source) => source;
const upper: Branch<string, string> = (source) => source.pipe(map((d) => d.with(d.data.toUpperCase())));
const late =
  (frames: number): Branch<string, string> =>
  (source) =>
    source.pipe(mergeMap((d) => timer(frames).pipe(map(() => d))));

describe('routeTopics', () => {
  it('sends a delivery through the first branch whose pattern matches, and merges what the branches emit', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions, flush, source }) => {
      const letters = cold('-a-b-a-|');
      const result = deliveries(letters).pipe(routeTopics({ 'a.*': upper, '*': same }));
      expectObservable(dataOf(result)).toBe('-A-b-A-|');
      expectSubscriptions(letters.subscriptions).toBe('^------!');
      flush();
      expect(source.log).deep.equal([]);
    }));

  it('merges branches that take their time', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const result = deliveries(cold('-a-b---|')).pipe(routeTopics({ 'a.*': late(3), 'b.*': same }));
      expectObservable(dataOf(result)).toBe('---ba--|');
    }));

  it('tries whole-number keys in the order JavaScript gives them, unless written as a class', () =>
    deliveryMarbles(({ source, flush }) => {
      const route = (branches: Record<string, Branch<string, string>>) => {
        const out: string[] = [];
        of(source.deliver('x', { topic: '2024' }))
          .pipe(routeTopics(branches))
          .subscribe((d) => out.push(d.data));
        return out;
      };
      expect(route({ '*': same, '2024': upper })).deep.equal(['X']);
      expect(route({ '*': same, '[2]024': upper })).deep.equal(['x']);
      flush();
    }));

  describe("match: 'all'", () => {
    it('sends a delivery through every branch that matches', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
        const result = deliveries(cold('-a---b-|')).pipe(routeTopics({ 'a.*': upper, '*': same }, { match: 'all' }));
        expectObservable(dataOf(result)).toBe('-(Aa)b-|');
      }));

    it('settles a delivery when every share has settled, with the worst verdict', () =>
      deliveryMarbles(({ source }) => {
        const shares: { ack(): boolean; reject(error: Error): boolean }[] = [];
        const branches = { 'a.*': same, '*': same, 'a.b': same, 'b.*': same };
        of(source.deliver('x', { topic: 'a.b' }))
          .pipe(routeTopics(branches, { match: 'all' }))
          .subscribe((share) => shares.push(share));
        expect(shares).length(3);
        shares[0]?.ack();
        shares[2]?.reject(new Error('no'));
        expect(source.log).deep.equal([]);
        shares[1]?.ack();
        expect(source.log).deep.equal(['reject x: no']);
      }));

    it('gives each branch what was settled before it came', () => {
      const source = new TestSource();
      const out: string[] = [];
      const delivery = source.deliver('x', { topic: 'a.b' });
      delivery.ack();
      of(delivery)
        .pipe(
          routeTopics({ 'a.*': mapData((data) => `1${data}`), '*.b': mapData((data) => `2${data}`) }, { match: 'all' }),
        )
        .subscribe(({ data }) => out.push(data));
      expect([out, source.log]).deep.equal([['1x', '2x'], ['ack x']]);
    });

    it('goes on to the next branch when the share before was settled at once', () =>
      deliveryMarbles(({ source }) => {
        const seen: string[] = [];
        const seeing: typeof same = tap(({ data }) => seen.push(data));
        const branches = { 'a.*': map(rejected), '*': seeing };
        of(source.deliver('x', { topic: 'a.b' }))
          .pipe(routeTopics(branches, { match: 'all' }))
          .subscribe((d) => d.ack());
        expect(seen).deep.equal(['x']);
        expect(source.log).deep.equal(['reject x: no']);
      }));

    it('hands a delivery that one branch takes on as it is', () =>
      deliveryMarbles(({ source }) => {
        const given = source.deliver('x', { topic: 'a' });
        of(given)
          .pipe(routeTopics({ a: same, b: same }, { match: 'all' }))
          .subscribe((delivery) =>
            expect(delivery)
              .equal(given)
              .and.satisfy(() => delivery.ack()),
          );
        expect(source.log).deep.equal(['ack x']);
      }));
  });

  describe('otherwise', () => {
    it('rejects what matches none, naming the topic and the patterns', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
        expectObservable(dataOf(deliveries(cold('-a-z-|')).pipe(routeTopics({ 'a.*': same, 'b.*': same })))).toBe(
          '-a---|',
        );
        flush();
        const [settled] = source.settlements;
        expect(settled?.verdict).nested.include({ kind: 'reject', 'error.name': 'UnroutableError' });
        expect(settled?.verdict).nested.include({ 'error.code': 'UNROUTABLE', 'error.messageId': 'test-2' });
        expect(source.log[0]).contain("topic 'z.topic' matches none of the patterns 'a.*', 'b.*'");
      }));

    it('names ten patterns and counts the rest', () =>
      deliveryMarbles(({ source }) => {
        const branches = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`a${i}`, same]));
        of(source.deliver('x')).pipe(routeTopics(branches)).subscribe();
        expect(source.log[0]).contain("'a9' and 2 more").not.contain("'a10'");
      }));

    it("acks it, with 'ack'", () =>
      deliveryMarbles(({ source }) => {
        of(source.deliver('x'))
          .pipe(routeTopics({ a: same }, { otherwise: 'ack' }))
          .subscribe();
        expect(source.log).deep.equal(['ack x']);
      }));

    it("passes it on as it is, with 'pass'", () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
        const result = deliveries(cold('-a-z-|')).pipe(routeTopics({ 'a.*': upper }, { otherwise: 'pass' }));
        expectObservable(dataOf(result)).toBe('-A-z-|');
      }));

    it('sends it through a branch of its own, also beside a pattern of that name', () =>
      deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
        const result = deliveries(cold('-a-z-|')).pipe(
          routeTopics({ 'a.*': same, otherwise: same }, { otherwise: upper }),
        );
        expectObservable(dataOf(result)).toBe('-a-Z-|');
      }));
  });

  it('completes an empty source', () =>
    deliveryMarbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(routeTopics({ '*': same }))).toBe('|');
    }));

  it('waits for a source that never emits', () =>
    deliveryMarbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(routeTopics({ '*': same }))).toBe('-');
    }));

  it('passes the error of the source on at once', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const result = deliveries(cold('-a-b-#')).pipe(routeTopics({ 'a.*': late(9), 'b.*': same }));
      expectObservable(dataOf(result)).toBe('---b-#');
    }));

  it('ends with the error of a branch, and unsubscribes the source', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-a-|');
      const failing: Branch<string, string> = mergeMap(() => throwError(() => 'error'));
      expectObservable(dataOf(deliveries(letters).pipe(routeTopics({ 'a.*': same, 'b.*': failing })))).toBe('-a-#');
      expectSubscriptions(letters.subscriptions).toBe('^--!');
    }));

  it('ends with the error of a branch that throws when it is applied to the source', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions }) => {
      let applied = 0;
      const throwing: Branch<string, string> = (source) => {
        applied += 1;
        if (applied > 1) throw 'error';
        return source;
      };
      const letters = cold('-a-|');
      expectObservable(deliveries(letters).pipe(routeTopics({ 'a.*': same, 'b.*': throwing }))).toBe('#');
      expectSubscriptions(letters.subscriptions).toBe([]);
    }));

  it('refuses options it cannot use', () => {
    expect(() => routeTopics({})).throw(InvalidOptionError, 'at least one pattern');
    expect(() => routeTopics(undefined as never)).throw(InvalidOptionError, 'branches is undefined');
    expect(() => routeTopics({ a: 5 as never })).throw(InvalidOptionError, "branches['a'] is 5");
    expect(() => routeTopics({ a: same }, { match: 'some' as never })).throw(InvalidOptionError, "match is 'some'");
    expect(() => routeTopics({ a: same }, { otherwise: 'drop' as never })).throw(InvalidOptionError, 'otherwise');
    expect(() => routeTopics({ 'a.{b': same })).throw(InvalidPatternError, "'a.{b'");
  });
});

function rejected<D extends { reject(error: Error): boolean }>(delivery: D): D {
  delivery.reject(new Error('no'));
  return delivery;
}

operatorCatalogue('routeTopics', () => routeTopics({ '*': same }));
