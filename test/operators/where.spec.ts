import { expect } from 'chai';
import { of } from 'rxjs';
import { InvalidOptionError, PermanentError } from '../../src/core/errors.ts';
import { where } from '../../src/operators/where.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

const isVowel = (letter: string) => 'aeiou'.includes(letter);

describe('where', () => {
  operatorCatalogue('where', () => where(() => true));

  it('keeps what matches and acks the rest at once', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      expectObservable(dataOf(deliveries(cold('-a-b-e-|')).pipe(where(isVowel)))).toBe('-a---e-|');
      flush();
      expect(source.settlements.map(({ at, verdict, data }) => `${at} ${verdict.kind} ${data}`)).deep.equal([
        '3 ack b',
      ]);
      expect(source.unsettled).deep.equal(['a', 'e']);
    }));

  it('rejects the rest if told so, naming the message', () => {
    const source = new TestSource();
    of(source.deliver('b', { id: 'm-1', topic: 'letters' }))
      .pipe(where(isVowel, { otherwise: 'reject' }))
      .subscribe();
    expect(source.log).deep.equal(["reject b: message 'm-1' on 'letters' is not wanted here"]);
    const verdict = source.settlements[0]?.verdict;
    const error = verdict?.kind === 'reject' ? verdict.error : undefined;
    expect(error).instanceOf(PermanentError).includes({ code: 'NOT_WANTED', messageId: 'm-1' });
  });

  it('sees the message too', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const result = deliveries(cold('-a-b-|')).pipe(where((_, { topic }) => topic === 'b.topic'));
      expectObservable(dataOf(result)).toBe('---b-|');
    }));

  it('passes on the very delivery', () => {
    const delivery = new TestSource().deliver('a');
    of(delivery)
      .pipe(where(isVowel))
      .subscribe((passed) => expect(passed).equal(delivery));
  });

  it('fails what the predicate throws at, and goes on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const result = deliveries(cold('-a-b-|')).pipe(
        where((letter) => {
          if (letter === 'a') throw new Error('no a');
          return true;
        }),
      );
      expectObservable(dataOf(result)).toBe('---b-|');
      flush();
      expect(source.log).deep.equal(['fail a: no a']);
    }));

  it('checks its arguments at the call', () => {
    expect(() => where(undefined as never)).throw(InvalidOptionError, 'predicate is undefined: it takes a function');
    expect(() => where(isVowel, { otherwise: 'drop' as never })).throw(
      InvalidOptionError,
      "otherwise is 'drop': it takes 'ack' or 'reject'",
    );
  });
});
