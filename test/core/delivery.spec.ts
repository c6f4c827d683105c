import { createContextKey, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { Batch, type Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { TestSource } from '../../src/testing/testSource.ts';

const key = createContextKey('test');
const own = (name: string) => ROOT_CONTEXT.setValue(key, name);

describe('Delivery', () => {
  for (const delayMs of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    it(`refuses a retry after ${delayMs} ms, and stays unsettled`, () => {
      const delivery = new TestSource().deliver('a');
      expect(() => delivery.retry({ delayMs })).to.throw(InvalidOptionError, 'delayMs');
      expect(delivery.settled).to.equal(false);
    });
  }

  const endings: [string, (delivery: Delivery) => boolean, string][] = [
    ['ack', (d) => d.ack(), 'ack a'],
    ['retry', (d) => d.retry(), 'retry a 0'],
    ['retry, later, with an error', (d) => d.retry({ delayMs: 5, error: new Error('no') }), 'retry a 5'],
    ['reject', (d) => d.reject('no'), 'reject a: no'],
    ['fail', (d) => d.fail(new Error('no')), 'fail a: no'],
    ['release', (d) => d.release(), 'release a'],
  ];
  for (const [name, end, line] of endings) {
    it(`settles once: ${name}`, () => {
      const source = new TestSource();
      const delivery = source.deliver('a');
      expect(delivery.settled).equal(false);
      expect(end(delivery)).equal(true);
      expect(delivery.settled).equal(true);
      for (const [, again] of endings) expect(again(delivery)).equal(false);
      expect(source.log).deep.equal([line]);
    });
  }

  it('keeps everything but the data in what is derived from it', () => {
    const options = { id: 'm-1', topic: 't', key: 'k', headers: { h: '1' }, time: 9, attempt: 2, context: own('me') };
    const delivery = new TestSource().deliver('a', { ...options, priority: 'high' });
    for (const derived of [delivery.with(1), ...delivery.split([1])]) {
      expect(derived.message).deep.equal({ ...delivery.message, data: 1 });
      expect(derived.attempt).equal(2);
      expect(derived.context.getValue(key)).equal('me');
    }
    expect('key' in new TestSource().deliver('a').with(1).message).equal(false);
  });

  it('takes another trace context, and keeps its duty', () => {
    const source = new TestSource();
    const moved = source.deliver('a').withContext(own('other'));
    expect(moved.context.getValue(key)).equal('other');
    moved.ack();
    expect(source.log).deep.equal(['ack a']);
  });

  it('acks what is split into nothing', () => {
    const source = new TestSource();
    expect(source.deliver('a').split([])).deep.equal([]);
    expect(source.log).deep.equal(['ack a']);
  });
});

describe('Batch', () => {
  const span = (n: number): SpanContext => ({ traceId: `${n}`.repeat(32), spanId: `${n}`.repeat(16), traceFlags: 1 });

  it('has no parent in a trace, and links to what it was made of, also under another context', () => {
    const source = new TestSource();
    const traced = (n: number) => source.deliver(n, { context: trace.setSpanContext(ROOT_CONTEXT, span(n)) });
    const inner = Batch.of<unknown>([traced(1), source.deliver(0), traced(2)]);
    const outer = Batch.of<unknown>([inner, traced(3)]);
    expect(inner.context).equal(ROOT_CONTEXT);
    expect(inner.links).deep.equal([span(1), span(2)]);
    expect(outer.withContext(own('me')).links).deep.equal([span(1), span(2), span(3)]);
  });

  it('is a delivery of its members: data in order, the first message, the highest attempt', () => {
    const source = new TestSource();
    const batch = Batch.of([source.deliver('a', { id: 'm-1', attempt: 2 }), source.deliver('b', { attempt: 4 })]);
    expect(batch.data).deep.equal(['a', 'b']);
    expect(batch.message.id).equal('m-1');
    expect(batch.attempt).equal(4);
    batch
      .with('both')
      .split([1, 2])
      .forEach((share) => void share.ack());
    expect(source.log).deep.equal(['ack a', 'ack b']);
  });
});
