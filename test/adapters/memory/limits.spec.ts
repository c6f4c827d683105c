import { expect } from 'chai';
import { memoryStore } from '../../../src/adapters/memory/index.ts';
import type { RateLimits, TokenGrant } from '../../../src/core/store.ts';
import { virtualRun } from '../../support/virtualRun.ts';

const DAY_MS = 24 * 60 * 60_000;

describe('the limits of the memory store, in virtual time', () => {
  const store = () => {
    const memory = memoryStore();
    return (want: number, limits: RateLimits): TokenGrant => {
      let grant: TokenGrant | undefined;
      memory.takeTokens('a', { want, limits }).subscribe((answer) => {
        grant = answer;
      });
      return grant as TokenGrant;
    };
  };

  it('give tokens at their rate, to the ms', () =>
    virtualRun(({ at, flush }) => {
      const take = store();
      const limits = { rate: 100, burst: 3 };
      const granted: unknown[] = [];
      const ask = (want: number) => granted.push([take(want, limits).granted, take(0, limits).waitMs]);
      at(0, () => ask(9));
      at(9, () => ask(9));
      at(10, () => ask(9));
      at(25, () => ask(9));
      at(1_000, () => ask(9));
      flush();
      expect(granted).deep.equal([
        [3, 10],
        [0, 1],
        [1, 10],
        [1, 5],
        [3, 10],
      ]);
    }));

  it('are kept for a day after their last use, and forgotten then', () =>
    virtualRun(({ at, flush }) => {
      const take = store();
      const [first, other] = [
        { rate: 1, burst: 5 },
        { rate: 2, burst: 7 },
      ];
      take(1, first);
      at(DAY_MS, () => expect(take(0, other).limits).deep.equal(first));
      at(2 * DAY_MS + 1, () => expect(take(9, other)).deep.include({ granted: 7, limits: other }));
      flush();
    }));

  it('are kept until they would be full again, if that takes longer', () =>
    virtualRun(({ at, flush }) => {
      const take = store();
      const slow = { rate: 1 / 86_400, burst: 3 };
      take(3, slow);
      at(2 * DAY_MS, () => expect(take(9, { rate: 9, burst: 9 }).granted).equal(2));
      flush();
    }));
});
