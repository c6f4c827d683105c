import { expect } from 'chai';
import { type Observable, range, Subject } from 'rxjs';
import { BufferOverflowError } from '../../../src/core/bufferOverflowError.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import { fromObservable } from '../../../src/sources/fromObservable.ts';
import { warningsOf } from '../../support/warnings.ts';

/** What a source gives out, kept, and how it ends. */
function hold<T>(source: Observable<Delivery<T>>) {
  const out: Delivery<T>[] = [];
  const ends: unknown[] = [];
  const subscription = source.subscribe({
    next: (delivery) => void out.push(delivery),
    error: (cause) => ends.push(cause),
    complete: () => ends.push('complete'),
  });
  const settleAll = () => {
    for (let i = 0; i < out.length; i++) out[i]?.ack();
  };
  return { out, ends, subscription, settleAll, data: () => out.map((delivery) => delivery.data) };
}

describe('fromObservable of an Observable that pushes', () => {
  it('buffers what exceeds the credit, in order', () => {
    const { data, ends, settleAll } = hold(fromObservable(range(1, 5), { credit: 2, bufferSize: 3 }));
    expect(data()).to.deep.equal([1, 2]);
    settleAll();
    expect(data()).to.deep.equal([1, 2, 3, 4, 5]);
    expect(ends).to.deep.equal(['complete']);
  });

  it('stops reading when the buffer overflows, and errors once all it had is settled', () => {
    const input = new Subject<number>();
    const { data, ends, settleAll } = hold(fromObservable(input, { name: 'ticks', credit: 2, bufferSize: 1 }));
    for (const n of [1, 2, 3]) input.next(n);
    expect(input.observed).to.equal(true);
    input.next(4);
    expect(input.observed).to.equal(false);
    expect(ends).to.deep.equal([]);
    settleAll();
    expect(data()).to.deep.equal([1, 2, 3]);
    expect(ends[0]).to.be.instanceOf(BufferOverflowError);
    expect((ends[0] as Error).message).to.match(
      /^source 'ticks' was pushed more than it may keep: .* and 1 wait; slow/,
    );
  });

  it('drops the oldest, or the newest, if told to; and says how many', async () => {
    const kept = async (overflow: 'drop-oldest' | 'drop-newest') => {
      const input = new Subject<number>();
      const held = hold(fromObservable(input, { credit: 1, bufferSize: 2, overflow }));
      const warnings = await warningsOf(3, () => {
        for (let n = 1; n <= 14; n++) input.next(n);
        input.complete();
        held.settleAll();
      });
      return { data: held.data(), ends: held.ends, warnings: warnings.map(({ message }) => message) };
    };
    const said = (when: string, policy: string) =>
      `source 'observable' dropped ${when}: its buffer was full (${policy})`;
    const dropped = (policy: string) => ['1 so far', '10 so far', '11 in all'].map((when) => said(when, policy));
    const oldest = await kept('drop-oldest');
    expect(oldest).to.deep.equal({ data: [1, 13, 14], ends: ['complete'], warnings: dropped('drop-oldest') });
    const newest = await kept('drop-newest');
    expect(newest).to.deep.equal({ data: [1, 2, 3], ends: ['complete'], warnings: dropped('drop-newest') });
  });

  it('needs no buffer where there is credit', () => {
    const input = new Subject<number>();
    const { data, ends, out } = hold(fromObservable(input, { credit: 2, bufferSize: 0 }));
    input.next(1);
    input.next(2);
    out[0]?.ack();
    input.next(3);
    expect(data()).to.deep.equal([1, 2, 3]);
    expect(ends).to.deep.equal([]);
  });

  it('does not call it an overflow when a consumer pushes while it is handed a delivery and there is credit', () => {
    const input = new Subject<number>();
    const got: number[] = [];
    fromObservable(input, { credit: 3, bufferSize: 0 }).subscribe(({ data }) => {
      got.push(data);
      if (data === 1) for (const more of [2, 3]) input.next(more);
    });
    input.next(1);
    expect(got).to.deep.equal([1, 2, 3]);
  });

  it('forgets what waits when unsubscribed', () => {
    const input = new Subject<number>();
    const { data, out, subscription } = hold(fromObservable(input, { credit: 1 }));
    for (const n of [1, 2, 3]) input.next(n);
    subscription.unsubscribe();
    out[0]?.ack();
    expect(data()).to.deep.equal([1]);
    expect(input.observed).to.equal(false);
  });

  it('hands out a million in a loop, not a recursion', () => {
    let acked = 0;
    fromObservable(range(0, 1_000_000), { credit: 1 }).subscribe((delivery) => {
      acked += Number(delivery.ack());
    });
    expect(acked).to.equal(1_000_000);
  });

  it('empties a large buffer in a loop', () => {
    const { data, settleAll, ends } = hold(fromObservable(range(0, 300_000), { credit: 1, bufferSize: Infinity }));
    settleAll();
    expect(data()).to.have.length(300_000);
    expect(ends).to.deep.equal(['complete']);
  });
});

describe('rejections of a local source', () => {
  it('are warnings that name topic, id, attempt and error, without onReject', async () => {
    const warnings = await warningsOf(1, () =>
      fromObservable(['a'], { name: 'letters' }).subscribe((delivery) => void delivery.reject(new Error('no'))),
    );
    expect(warnings).to.deep.equal([
      {
        code: 'SLUICE_REJECTED',
        message:
          "source 'letters' rejected 'letters:1' on topic 'letters' at attempt 1: no (give the source `onReject` to keep such data)",
      },
    ]);
  });

  it('are warnings too when onReject throws; the source goes on', async () => {
    const got: string[] = [];
    const onReject = () => {
      throw new Error('full');
    };
    const [warning] = await warningsOf(1, () =>
      fromObservable(['a', 'b'], { onReject }).subscribe((delivery) => {
        got.push(delivery.data);
        delivery.reject(new Error('no'));
      }),
    );
    expect(warning?.message).to.match(/: no \(and onReject failed: full\)$/);
    expect(got).to.deep.equal(['a', 'b']);
  });
});
