import { expect } from 'chai';
import { EMPTY, map, NEVER, Observable, Subject, take } from 'rxjs';
import { AtomicOutputError } from '../../src/core/atomicOutputError.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { EncodeError, InvalidOptionError, InvalidTopicError } from '../../src/core/errors.ts';
import type { Publisher } from '../../src/core/publisher.ts';
import type { StoreRecord } from '../../src/core/store.ts';
import { toTopic } from '../../src/sinks/toTopic.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { nodeOf } from '../support/nodeOf.ts';

const PLACE = { store: {}, stream: 'main.0' };

/** Makes records whose payload is the data, and sends nothing. */
const publisher: Publisher = {
  send: () => {
    throw new Error('an atomic output is not sent');
  },
  record: (topic, data, { priority = 'normal' }, _context, { stream }): StoreRecord => {
    if (data === 'other') throw new AtomicOutputError('ATOMIC_STREAM', topic, `not in ${stream}`);
    if (data === 'key') throw new AtomicOutputError('ATOMIC_PARTITION', topic, 'its key is of another');
    if (data === 'topic') throw new InvalidTopicError(topic, 'is bad');
    if (data === 'data') throw new EncodeError('no');
    return { priority, topic, payload: String(data), type: '', encoding: 'json', meta: '' };
  },
};

const atomic = <D extends Delivery<unknown>>() => toTopic<D>(publisher, 'out', { atomic: true });

/** A source in a store. */
function placed(source = new TestSource()): TestSource {
  return Object.assign(source, { place: PLACE });
}

/** The payloads that a delivery's ack would append. */
function outputsOf({ duty }: Delivery): readonly unknown[] {
  return duty.roots.flatMap(({ outputs = [] }) => outputs.map(({ payload }) => payload));
}

describe('toTopic, atomic', () => {
  it('hands a delivery on at once, its ack to append the output', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions, source }) => {
      placed(source);
      const letters = cold('-a-(bc)-|');
      const outputs = deliveries(letters).pipe(
        atomic(),
        map((delivery) => outputsOf(delivery).join()),
      );
      expectObservable(outputs).toBe('-a-(bc)-|');
      expectSubscriptions(letters.subscriptions).toBe('^-------!');
    }));

  it('gathers the outputs of every part, and of sinks in a row', () => {
    const delivery = placed().deliver('a');
    const parts = new Subject<Delivery<string>>();
    parts.pipe(atomic(), atomic()).subscribe();
    for (const part of delivery.split(['x', 'y'])) parts.next(part);
    expect(outputsOf(delivery)).to.deep.equal(['x', 'x', 'y', 'y']);
  });

  it('drops the output of what others failed meanwhile, and does not hand it on', () => {
    const { input, seen, errors, source } = run();
    const delivery = source.deliver('a');
    delivery.fail(new Error('late'));
    input.next(delivery);
    expect([seen, errors]).to.deep.equal([[], []]);
    expect(outputsOf(delivery)).to.deep.equal([]);
  });

  it('fails what can not be written, rejects an invalid topic, and goes on', () => {
    const { input, seen, errors, source } = run();
    for (const data of ['data', 'topic', 'key', 'fine']) input.next(source.deliver(data));
    expect([seen, errors]).to.deep.equal([['fine'], []]);
    expect(source.log).to.deep.equal([
      'fail data: no',
      "reject topic: topic 'out' is bad",
      "fail key: an output to 'out' can't be atomic: its key is of another",
    ]);
  });

  it('ends the stream and releases, where no output can be atomic', () => {
    const { input, errors, source } = run();
    input.next(source.deliver('other'));
    expect(errors.map(({ code }) => code)).to.deep.equal(['ATOMIC_STREAM']);
    expect(source.log).to.deep.equal(['release other']);
  });

  for (const [what, spoil, code] of [
    [
      'a source that is in no store',
      (source: TestSource) => Object.assign(source, { place: undefined }),
      'ATOMIC_SOURCE',
    ],
    ['what was acked before', (_: TestSource, delivery: Delivery) => delivery.ack(), 'ATOMIC_SETTLED'],
  ] as const) {
    it(`refuses ${what}`, () => {
      const { input, errors, source } = run();
      const delivery = source.deliver('a');
      spoil(source, delivery);
      input.next(delivery);
      expect(errors.map((error) => error.code)).to.deep.equal([code]);
    });
  }

  it('refuses a publisher that can not make records', () => {
    const { send } = publisher;
    const errors: AtomicOutputError[] = [];
    const input = new Subject<Delivery<string>>();
    input.pipe(toTopic({ send }, 'out', { atomic: true })).subscribe({ error: (error) => errors.push(error) });
    input.next(placed().deliver('a'));
    expect(errors.map(({ code }) => code)).to.deep.equal(['ATOMIC_SOURCE']);
  });

  it('may be said of each delivery', () => {
    const source = placed();
    const sent: unknown[] = [];
    const both: Publisher = { ...publisher, send: (_, data) => void sent.push(data) };
    const input = new Subject<Delivery<string>>();
    input.pipe(toTopic(both, 'out', ({ data }) => ({ atomic: data === 'a' }))).subscribe();
    const [a, b] = [source.deliver('a'), source.deliver('b')];
    for (const delivery of [a, b]) input.next(delivery);
    expect([outputsOf(a), outputsOf(b), sent]).to.deep.equal([['a'], [], ['b']]);
  });

  it('keeps the order and the stack when handing on brings the next', () => {
    const { input, seen, source } = run((delivery) => {
      delivery.ack();
      if (Number(delivery.data) < 20_000) input.next(source.deliver(`${Number(delivery.data) + 1}`));
    });
    input.next(source.deliver('1'));
    expect(seen).length(20_000);
  });

  it('ends as its source, and releases nothing that it handed on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      placed(source);
      expectObservable(EMPTY.pipe(atomic())).toBe('|');
      expectObservable(NEVER.pipe(atomic())).toBe('-');
      expectObservable(dataOf(deliveries(cold('-a-#')).pipe(atomic()))).toBe('-a-#');
      flush();
      expect(source.log).to.deep.equal([]);
    }));

  it('stops a synchronous source when it is unsubscribed', () => {
    const source = placed();
    let emitted = 0;
    const input = new Observable<Delivery<string>>((subscriber) => {
      for (; emitted < 100 && !subscriber.closed; emitted += 1) subscriber.next(source.deliver('a'));
    });
    input.pipe(atomic(), take(3)).subscribe();
    expect(emitted).to.equal(3);
  });

  it('shows in the graph, and takes true or false only', () => {
    expect(nodeOf(atomic()).attributes).to.deep.equal({ topic: 'out', atomic: true });
    const wrong = { atomic: 'yes' } as unknown as { atomic: true };
    expect(() => toTopic(publisher, 'out', wrong)).to.throw(InvalidOptionError, "atomic is 'yes'");
  });
});

/** A flow through the sink, and what comes of it. */
function run(then: (delivery: Delivery<string>) => void = () => undefined) {
  const source = placed();
  const input = new Subject<Delivery<string>>();
  const seen: string[] = [];
  const errors: AtomicOutputError[] = [];
  input.pipe(atomic()).subscribe({
    next: (delivery) => {
      seen.push(delivery.data);
      then(delivery);
    },
    error: (error) => errors.push(error),
  });
  return { source, input, seen, errors };
}
