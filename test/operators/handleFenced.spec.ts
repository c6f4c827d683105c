import { expect } from 'chai';
import { Subject } from 'rxjs';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import { RELEASE } from '../../src/core/outcome.ts';
import { handle } from '../../src/operators/handle.ts';
import { TestSource } from '../../src/testing/testSource.ts';

/** A handler that has read its signal and runs until it is told to answer. */
function running(concurrency = 1) {
  const input = new Subject<Delivery>();
  const out: unknown[] = [];
  const signals: AbortSignal[] = [];
  const answers: (() => void)[] = [];
  const waits = handle(
    (_data: unknown, { signal }) => {
      signals.push(signal);
      return new Promise<string>((resolve) => answers.push(() => resolve('answered')));
    },
    { concurrency },
  );
  input.pipe(waits).subscribe((delivery) => {
    out.push(delivery.data);
    delivery.ack();
  });
  return { input, out, signals, answers };
}

describe('handle, when somebody else settles what it runs', () => {
  it('aborts the signal, and hands nothing on', async () => {
    const source = new TestSource();
    const { input, out, signals, answers } = running();
    const delivery = source.deliver('a');
    input.next(delivery);
    expect(signals[0]?.aborted).to.equal(false);
    delivery.duty.settle(RELEASE);
    expect(signals[0]?.aborted).to.equal(true);
    answers[0]?.();
    await Promise.resolve();
    expect(out).to.deep.equal([]);
    expect(source.log).to.deep.equal(['release a']);
  });

  it('aborts it for a batch once every member is settled, and for a part with the whole', () => {
    const source = new TestSource();
    const { input, signals } = running(2);
    const members = [source.deliver('a'), source.deliver('b')] as const;
    input.next(Batch.of(members));
    const whole = source.deliver('c');
    input.next(whole.split(['c1', 'c2'])[0] as Delivery);
    members[0].release();
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false, false]);
    members[1].release();
    whole.release();
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, true]);
  });

  it('leaves the signal alone when its own answer is acked', async () => {
    const source = new TestSource();
    const { input, out, signals, answers } = running();
    input.next(source.deliver('a'));
    answers[0]?.();
    await Promise.resolve();
    expect(out).to.deep.equal(['answered']);
    expect(source.log).to.deep.equal(['ack a']);
    expect(signals[0]?.aborted).to.equal(false);
  });

  it('leaves the signal alone of what was settled before it came', () => {
    const source = new TestSource();
    const { input, signals } = running();
    const delivery = source.deliver('a');
    delivery.ack();
    input.next(delivery);
    expect(signals[0]?.aborted).to.equal(false);
  });

  it('has aborted a signal that is first read afterwards', () => {
    const source = new TestSource();
    const input = new Subject<Delivery>();
    let read: (() => AbortSignal) | undefined;
    const late = handle((_data: unknown, context) => {
      read = () => context.signal;
      return new Promise<void>(() => undefined);
    });
    input.pipe(late).subscribe();
    const delivery = source.deliver('a');
    input.next(delivery);
    delivery.release();
    expect(read?.().aborted).to.equal(true);
  });
});
