import { expect } from 'chai';
import type { Delivery } from '../../src/core/delivery.ts';
import { fromObservable } from '../../src/sources/fromObservable.ts';
import { type HearsOfSettlement, SETTLED } from '../../src/sources/local/settled.ts';
import { eventually } from '../support/eventually.ts';

describe('an iterator that is a source', () => {
  /** Numbers without an end, and what is heard of them. */
  function numbers() {
    let count = 0;
    const heard: string[] = [];
    const iterator: AsyncIterableIterator<number, undefined> & HearsOfSettlement = {
      [Symbol.asyncIterator]: () => iterator,
      next: async () => ({ done: false as const, value: ++count }),
      return: async () => {
        heard.push('return');
        return { done: true as const, value: undefined };
      },
      [SETTLED]: () => void heard.push('settled'),
    };
    return { iterator, heard };
  }

  it('hears of each value that is settled for good, once, and even after it was closed', async () => {
    const { iterator, heard } = numbers();
    const seen: Delivery<number>[] = [];
    const source = fromObservable<number>(iterator, { credit: 1, onReject: () => undefined });
    const running = source.subscribe((delivery) => seen.push(delivery));
    await eventually(() => seen.length === 1);
    seen[0]?.retry();
    await eventually(() => seen.length === 2);
    expect(heard).deep.equal([]);
    seen[1]?.ack();
    seen[1]?.ack();
    expect(heard).deep.equal(['settled']);
    await eventually(() => seen.length === 3);
    seen[2]?.reject(new Error('no'));
    expect(heard).deep.equal(['settled', 'settled']);
    await eventually(() => seen.length === 4);
    running.unsubscribe();
    seen[3]?.ack();
    expect(heard).deep.equal(['settled', 'settled', 'return', 'settled']);
  });
});
