import { expect } from 'chai';
import { EMPTY, filter, map, NEVER, Observable, type OperatorFunction, of, timer } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import type { Notice } from '../../src/core/notice.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { handle } from '../../src/operators/handle.ts';
import { mapData } from '../../src/operators/mapData.ts';
import { routeTopics } from '../../src/operators/routeTopics.ts';
import { where } from '../../src/operators/where.ts';
import { pipeline } from '../../src/pipeline/pipeline.ts';
import type { RunningPipeline } from '../../src/pipeline/runningPipeline.ts';
import { stage } from '../../src/pipeline/stage.ts';
import { fromObservable } from '../../src/sources/fromObservable.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { settledAt, virtualRun } from '../support/virtualRun.ts';

describe('pipeline', () => {
  it('is inert until it runs, and each run is its own', () => {
    const source = new TestSource();
    let subscribed = 0;
    const input = new Observable<Delivery<string>>((subscriber) => {
      subscribed += 1;
      subscriber.next(source.deliver('a'));
      subscriber.complete();
    });
    const described = pipeline(
      'inert',
      input,
      stage(
        'x',
        mapData((text) => text),
      ),
    );
    described.describe();
    expect(subscribed).to.equal(0);
    described.run();
    described.run();
    expect(subscribed).to.equal(2);
    expect(source.log).to.deep.equal(['ack a', 'ack a']);
  });

  it('refuses a source or a stage that is none, at the call', () => {
    const input = EMPTY as Observable<Delivery<string>>;
    expect(() => pipeline('x', undefined as never)).to.throw(InvalidOptionError, 'source');
    expect(() => pipeline('x', input, acknowledge(), 5 as never)).to.throw(InvalidOptionError, 'stage 2');
  });

  it('fails for good, in a sentence, when an operator makes data of deliveries', () =>
    virtualRun(({ hot, flush, source }) => {
      const notices: Notice[] = [];
      const input = hot('a', { a: source.deliver('a') });
      const wrong = map((delivery: Delivery<string>) => delivery.data) as unknown as OperatorFunction<
        Delivery<string>,
        Delivery<string>
      >;
      const running = pipeline('x', input, wrong, stage('next', acknowledge())).run({
        notify: (notice) => notices.push(notice),
      });
      flush();
      expect(running.state).to.equal('failed');
      expect(notices[0]?.message).to.include("stage 'next'").and.include('mapData');
    }));

  it('acks what comes out at the end, and counts what became of each', () =>
    virtualRun(({ hot, flush, source }) => {
      const input = hot('-a-b-c-|', { a: source.deliver(1), b: source.deliver(2), c: source.deliver(3) });
      const check = handle((n: number) => {
        if (n === 2) throw new Error('even');
        return timer(10).pipe(map(() => n));
      });
      const running = pipeline(
        'odd',
        input,
        stage('check', check),
        stage(
          'small',
          where((n) => n < 3),
        ),
      ).run();
      flush();
      expect(settledAt(source)).to.deep.equal(['11 ack 1', '11 fail 2: even', '21 ack 3']);
      expect(running.counts.received).to.equal(3);
      expect(running.counts.settled).to.deep.equal({ ack: 2, release: 0, retry: 0, fail: 1, reject: 0 });
    }));

  it('counts the outcome that the source made of a failure, where it says so', () => {
    const source = new TestSource();
    const told = source.settle.bind(source);
    source.settle = (duty, verdict) => {
      told(duty, verdict);
      return { kind: 'retry', delayMs: 5 };
    };
    const input = of(source.deliver('a'));
    const fails = handle(() => {
      throw new Error('no');
    });
    expect(pipeline('judged', input, fails).run().counts.settled).to.include({ retry: 1, fail: 0 });
  });

  it('completes by itself once the source has and everything is settled', async () => {
    let running: RunningPipeline | undefined;
    virtualRun(({ cold, flush, source, at }) => {
      const input = cold('a-b|', { a: source.deliver('a'), b: source.deliver('b') });
      running = pipeline(
        'short',
        input,
        handle((text) => timer(20).pipe(map(() => text))),
      ).run();
      at(30, () => expect(running?.state).to.equal('running'));
      flush();
      expect(settledAt(source)).to.deep.equal(['20 ack a', '40 ack b']);
      expect(running.state).to.equal('completed');
    });
    expect(await running?.done).to.deep.equal({ drained: true, left: [] });
    expect(await running?.stop()).to.deep.equal({ drained: true, left: [] });
    expect(running?.state).to.equal('completed');
  });

  it('completes at once on an empty source, and runs on under a silent one', () => {
    expect(pipeline('empty', EMPTY).run().state).to.equal('completed');
    expect(pipeline('silent', NEVER).run().state).to.equal('running');
  });

  it('waits for a delivery that a stage keeps to itself', () => {
    const source = new TestSource();
    const [a, b] = [source.deliver('a'), source.deliver('b')];
    const running = pipeline(
      'kept',
      of(a, b),
      filter(({ data }) => data === 'b'),
    ).run();
    expect(running.state).to.equal('running');
    expect(running.inHand()).to.have.lengthOf(1);
    a.ack();
    expect(running.state).to.equal('completed');
  });

  it('tells what is in hand, by stage, and how old the oldest is', () =>
    virtualRun(({ hot, flush, source, at }) => {
      const input = hot('a--b-c', { a: source.deliver(1), b: source.deliver(2), c: source.deliver(3) });
      const slow = stage(
        'slow',
        handle(() => NEVER, { concurrency: 2 }),
      );
      const running = pipeline(
        'held',
        input,
        filter(({ data }) => data < 3),
        slow,
      ).run();
      at(10, () => {
        expect(running.inHand()).to.deep.equal([
          { stage: 'slow', count: 2, oldestMs: 10 },
          { stage: undefined, count: 1, oldestMs: 5 },
        ]);
      });
      flush();
    }));

  it('describes itself as data, with routes, whatever the operators are', () => {
    const lengthOf = mapData((text: string) => text.length);
    const route = routeTopics({ 'a.*': lengthOf, 'b.*': (texts) => texts.pipe(lengthOf) });
    const graph = pipeline(
      'graph',
      fromObservable(['a'], { name: 'letters' }),
      filter(() => true),
      stage('route', route),
    ).describe();
    expect(graph.name).to.equal('graph');
    expect(graph.nodes.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal([
      'source fromObservable',
      'operator operator',
      'stage route',
    ]);
    const router = graph.nodes[2]?.inner?.[0];
    expect(router?.routes?.map(({ name }) => name)).to.include.members(['a.*', 'b.*']);
    expect(router?.routes?.[1]?.inner).to.deep.equal([{ kind: 'operator', name: 'mapData' }]);
    expect(JSON.parse(JSON.stringify(graph))).to.deep.equal(graph);
    expect(pipeline('plain', NEVER).describe().nodes).to.deep.equal([{ kind: 'source', name: 'observable' }]);
  });

  it('refuses an empty name', () => {
    expect(() => pipeline('', NEVER)).to.throw(InvalidOptionError, "name is ''");
  });
});
