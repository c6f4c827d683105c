import { expect } from 'chai';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { type Bus, connect, handle } from '../../src/index.ts';

describe('an option of reading or handling that there is not', () => {
  let bus: Bus;
  beforeEach(async () => {
    bus = await connect();
  });
  afterEach(() => bus.close());

  const misuses: readonly (readonly [string, () => unknown, string])[] = [
    ['from, in place of one that must be there', () => bus.from('orders.*', { grup: 'risk' } as never), 'group'],
    ['from', () => bus.from('orders.*', { group: 'risk', cerdit: 5 } as never), 'credit'],
    ['subscribe', () => bus.subscribe('orders.*', { frm: 'earliest' } as never), 'from'],
    ['handle', () => handle(() => 1, { concurency: 50 } as never), 'concurrency'],
  ];
  for (const [call, misuse, nearest] of misuses) {
    it(`is refused by ${call}`, () => {
      expect(misuse).throw(InvalidOptionError, `there is no such option: the nearest is ${nearest}`);
    });
  }
});
