import { createContextKey, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { expect } from 'chai';
import { EMPTY, map, NEVER, Observable, of, Subject, take, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError, InvalidTopicError } from '../../src/core/errors.ts';
import { toTopic } from '../../src/sinks/toTopic.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { FakePublisher } from '../support/fakePublisher.ts';
import { nodeOf } from '../support/nodeOf.ts';

const confirmingAfter = (frames: (data: unknown) => number) =>
  new FakePublisher(({ data, confirm }) => timer(frames(data)).subscribe(() => confirm()));

describe('toTopic', () => {
  it('publishes the data, and hands the delivery on once that is confirmed', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, expectSubscriptions, flush, source }) => {
      const letters = cold('-a-b---|');
      const publisher = confirmingAfter(() => 2);
      expectObservable(dataOf(deliveries(letters).pipe(toTopic(publisher, 'out')))).toBe('---a-b-|');
      expectSubscriptions(letters.subscriptions).toBe('^------!');
      flush();
      expect(publisher.publications.map(({ topic, data }) => [topic, data])).deep.equal([
        ['out', 'a'],
        ['out', 'b'],
      ]);
      expect(source.log).deep.equal([]);
    }));

  it('hands on in the order of confirmation, and completes after the last', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable }) => {
      const publisher = confirmingAfter((data) => (data === 'a' ? 6 : 1));
      expectObservable(dataOf(deliveries(cold('-a-b-|')).pipe(toTopic(publisher, 'out')))).toBe('----b--(a|)');
    }));

  it('fails what the publisher refuses, and goes on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const publisher = new FakePublisher(({ data, confirm }) => confirm(data === 'a' ? new Error('full') : undefined));
      expectObservable(dataOf(deliveries(cold('-a-b-|')).pipe(toTopic(publisher, 'out')))).toBe('---b-|');
      flush();
      expect(source.log).deep.equal(['fail a: full']);
    }));

  it('rejects a delivery whose topic is invalid', () => {
    const { source, publisher } = publish(of('a'), { topic: ({ data }) => `${data}.*` });
    publisher.publications[0]?.confirm(new InvalidTopicError('a.*', 'has a wildcard'));
    expect(source.log).deep.equal(["reject a: topic 'a.*' has a wildcard"]);
  });

  it('heeds the first of two confirmations', () => {
    const { source, publisher, out } = publish(of('a'));
    publisher.publications[0]?.confirm();
    publisher.publications[0]?.confirm(new Error('late'));
    expect([out, source.log]).deep.equal([['a'], []]);
  });

  it('releases what is not confirmed when it is unsubscribed, and heeds no confirmation after that', () => {
    const { source, publisher, out, running } = publish(of('a', 'b'));
    publisher.publications[1]?.confirm();
    running.unsubscribe();
    publisher.publications[0]?.confirm();
    expect([out, source.log]).deep.equal([['b'], ['release a']]);
  });

  it('releases what is not confirmed when the source errors', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      expectObservable(dataOf(deliveries(cold('-a-#')).pipe(toTopic(new FakePublisher(), 'out')))).toBe('---#');
      flush();
      expect(source.log).deep.equal(['release a']);
    }));

  it('publishes and hands on what was settled before it came, and does not hand on what is settled meanwhile', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const publisher = new FakePublisher();
    const out: string[] = [];
    input.pipe(toTopic(publisher, 'out')).subscribe(({ data }) => out.push(data));
    const [before, meanwhile] = [source.deliver('before'), source.deliver('meanwhile')];
    before.ack();
    input.next(before);
    input.next(meanwhile);
    expect(publisher.publications.map(({ data }) => data)).deep.equal(['before', 'meanwhile']);
    meanwhile.ack();
    for (const publication of publisher.publications) publication.confirm();
    expect(out).deep.equal(['before']);
  });

  it('fails a delivery whose topic or options throw, and goes on', () => {
    const throwing =
      <V>(value: V) =>
      ({ data }: Delivery<string>) => {
        if (data === 'a') throw new Error('thrown');
        return value;
      };
    const byTopic = publish(of('a', 'b'), { topic: throwing('out') });
    const byOptions = publish(of('a', 'b'), { options: throwing({}) });
    for (const { source, publisher } of [byTopic, byOptions]) {
      expect(source.log).deep.equal(['fail a: thrown']);
      expect(publisher.publications.map(({ data }) => data)).deep.equal(['b']);
    }
  });

  it('keeps the order and the stack when handing on brings the next delivery and confirmations are immediate', () => {
    const source = new TestSource();
    const input = new Subject<Delivery<number>>();
    const seen: number[] = [];
    input.pipe(toTopic(new FakePublisher(({ confirm }) => confirm()), 'out')).subscribe((delivery) => {
      delivery.ack();
      if (delivery.data < 20_000) input.next(source.deliver(delivery.data + 1));
      seen.push(delivery.data);
    });
    input.next(source.deliver(1));
    expect(seen).length(20_000);
    expect(seen.every((n, i) => n === i + 1)).equal(true);
  });

  it('ends as its source', () =>
    deliveryMarbles(({ expectObservable }) => {
      expectObservable(EMPTY.pipe(toTopic(new FakePublisher(), 'out'))).toBe('|');
      expectObservable(NEVER.pipe(toTopic(new FakePublisher(), 'out'))).toBe('-');
    }));

  it('does not break the unsubscription chain', () =>
    deliveryMarbles(({ cold, deliveries, expectObservable, expectSubscriptions }) => {
      const letters = cold('-a-b-|');
      const result = deliveries(letters).pipe(
        toTopic(
          confirmingAfter(() => 0),
          'out',
        ),
        map(({ data }) => data),
      );
      expectObservable(result, '^-!').toBe('-a-');
      expectSubscriptions(letters.subscriptions).toBe('^-!');
    }));

  it('stops a synchronous source when it is unsubscribed', () => {
    const source = new TestSource();
    let emitted = 0;
    const input = new Observable<Delivery<number>>((subscriber) => {
      while (!subscriber.closed && emitted < 10) subscriber.next(source.deliver(emitted++));
    });
    const publisher = new FakePublisher(({ confirm }) => confirm());
    input.pipe(toTopic(publisher, 'out'), take(2)).subscribe((delivery) => delivery.ack());
    expect(emitted).equal(2);
  });

  it('releases what was confirmed while another was handed on, if that was the last wanted', () => {
    const source = new TestSource();
    const publisher = new FakePublisher();
    of(source.deliver('a'), source.deliver('b'))
      .pipe(toTopic(publisher, 'out'), take(1))
      .subscribe((delivery) => {
        publisher.publications[1]?.confirm();
        delivery.ack();
      });
    publisher.publications[0]?.confirm();
    expect(source.log).deep.equal(['ack a', 'release b']);
  });

  it('stands in the graph as a sink', () => {
    expect(nodeOf(toTopic(new FakePublisher(), 'out'))).deep.equal({
      kind: 'sink',
      name: 'toTopic',
      attributes: { topic: 'out' },
    });
  });

  it('refuses what it cannot use', () => {
    expect(() => toTopic(new FakePublisher(), 'a.*')).throw(InvalidTopicError);
    expect(() => toTopic(new FakePublisher(), 5 as never)).throw(InvalidTopicError);
    expect(() => toTopic(new FakePublisher(), 'a', 'high' as never)).throw(InvalidOptionError, "options is 'high'");
  });
});

describe('toTopic, as to what it publishes with', () => {
  const message = {
    priority: 'high',
    key: 'k',
    headers: { own: '1', 'sluice-reply-to': 'here', traceparent: 't' },
  } as const;

  it('takes priority, key and headers over from the message', () => {
    const source = new TestSource();
    const publisher = new FakePublisher();
    of(source.deliver('a', message)).pipe(toTopic(publisher, 'out')).subscribe();
    const { priority, key, headers } = publisher.publications[0]?.options ?? {};
    expect([priority, key, headers?.['own']]).deep.equal(['high', 'k', '1']);
    expect(headers).not.have.property('sluice-reply-to');
    expect(publisher.publications[0]?.options).not.have.any.keys('id', 'time');
  });

  it('leaves the trace headers to the publisher, if there is a propagator', () => {
    const headers = () => {
      const publisher = new FakePublisher();
      of(new TestSource().deliver('a', message)).pipe(toTopic(publisher, 'out')).subscribe();
      return publisher.publications[0]?.options.headers;
    };
    expect(headers()).deep.equal({ own: '1', traceparent: 't' });
    propagation.setGlobalPropagator({ inject() {}, extract: (context) => context, fields: () => ['traceparent'] });
    const traced = headers();
    propagation.disable();
    expect(traced).deep.equal({ own: '1' });
  });

  it('prefers what is given, and adds its headers', () => {
    const publisher = new FakePublisher();
    const options = { priority: 'low', id: 'x', headers: { more: '2' } } as const;
    of(new TestSource().deliver('a', message))
      .pipe(toTopic(publisher, 'out', options))
      .subscribe();
    expect(publisher.publications[0]?.options).deep.include({ priority: 'low', key: 'k', id: 'x' });
    expect(publisher.publications[0]?.options.headers).include({ own: '1', more: '2' });
  });

  it('passes on the context of the delivery', () => {
    const context = ROOT_CONTEXT.setValue(createContextKey('test'), 1);
    const publisher = new FakePublisher();
    of(new TestSource().deliver('a', { context })).pipe(toTopic(publisher, 'out')).subscribe();
    expect(publisher.publications[0]?.context).equal(context);
  });
});

interface Publishing {
  readonly topic?: Parameters<typeof toTopic<Delivery<string>>>[1];
  readonly options?: Parameters<typeof toTopic<Delivery<string>>>[2];
}

function publish(letters: Observable<string>, { topic = 'out', options = {} }: Publishing = {}) {
  const source = new TestSource();
  const publisher = new FakePublisher();
  const out: string[] = [];
  const deliveries = letters.pipe(map((letter) => source.deliver(letter)));
  const running = deliveries.pipe(toTopic(publisher, topic, options)).subscribe(({ data }) => out.push(data));
  return { source, publisher, out, running };
}
