import { expect } from 'chai';
import { Serial } from '../../src/internal/serial.ts';

/** Hands on numbers; each below the limit brings the next one at once. */
function counting(limit: number) {
  const seen: (number | string)[] = [];
  const serial: Serial<number> = new Serial(
    (n) => {
      seen.push(n);
      if (n + 1 < limit) serial.next(n + 1);
      else serial.complete();
      seen.push(`after ${n}`);
    },
    () => seen.push('|'),
  );
  return { seen, serial };
}

describe('Serial', () => {
  it('hands on one value after the other, and ends after the last', () => {
    const { seen, serial } = counting(3);
    serial.next(0);
    expect(seen).deep.equal([0, 'after 0', 1, 'after 1', 2, 'after 2', '|']);
  });

  it('is a loop where it would be a recursion', () => {
    const { seen, serial } = counting(100_000);
    serial.next(0);
    expect(seen).length(200_001);
  });

  it('takes many at once, before what they bring', () => {
    const seen: string[] = [];
    const serial: Serial<string> = new Serial(
      (each) => {
        seen.push(each);
        if (each === 'a') serial.next('c');
      },
      () => seen.push('|'),
    );
    serial.nextAll(['a', 'b']);
    serial.complete();
    expect(seen).deep.equal(['a', 'b', 'c', '|']);
  });

  it('goes on after a throw', () => {
    const seen: number[] = [];
    const serial = new Serial<number>(
      (n) => {
        if (n === 1) throw new Error('no');
        seen.push(n);
      },
      () => {},
    );
    expect(() => serial.nextAll([1, 2])).throw('no');
    serial.next(3);
    expect(seen).deep.equal([2, 3]);
  });
});
