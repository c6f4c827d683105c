import { expect } from 'chai';
import { Subject, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { handle } from '../../src/operators/handle.ts';
import { virtualRun } from '../support/virtualRun.ts';

describe('handle, when something more urgent always waits', () => {
  it('starts a low one all the same, once it has been passed over for three times 10 s', () =>
    virtualRun(({ source, at, flush }) => {
      const input = new Subject<Delivery<string>>();
      input
        .pipe(
          handle(() => timer(1_000)),
          acknowledge(),
        )
        .subscribe();
      const give = (data: string, priority: 'critical' | 'low') => input.next(source.deliver(data, { priority }));
      at(0, () => give('first', 'critical'));
      at(1, () => give('low', 'low'));
      for (let i = 0; i < 60; i += 1) at(2 + i * 1_000, () => give(`critical ${i}`, 'critical'));
      flush();
      const low = source.settlements.find(({ data }) => data === 'low');
      // Passed over first at 1,000; then its turn within two hand-outs, and the handling.
      expect(low?.at).within(32_000, 33_000);
    }));
});
