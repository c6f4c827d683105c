import { expect } from 'chai';
import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  filter,
  map,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
  timer,
} from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import { handle } from '../../src/operators/handle.ts';
import { pipeline } from '../../src/pipeline/pipeline.ts';
import type { StopReport } from '../../src/pipeline/run.ts';
import { stage } from '../../src/pipeline/stage.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { eventually } from '../support/eventually.ts';
import { quiet, settledAt, virtualRun } from '../support/virtualRun.ts';

describe('pipeline, stopping', () => {
  it('reads no more, finishes what it holds, and says so', async () => {
    let report: Promise<StopReport> | undefined;
    virtualRun(({ hot, flush, expectSubscriptions, source, at }) => {
      const input = hot('a-b-c-d', Object.fromEntries([...'abcd'].map((each) => [each, source.deliver(each)])));
      const slow = stage(
        'slow',
        handle((text: string) => timer(10).pipe(map(() => text)), { concurrency: 9 }),
      );
      const running = pipeline('drains', input, slow).run();
      at(3, () => {
        report = running.stop();
        expect(running.state).to.equal('stopping');
      });
      expectSubscriptions(input.subscriptions).toBe('^--!');
      flush();
      expect(settledAt(source)).to.deep.equal(['10 ack a', '12 ack b']);
      expect(running.state).to.equal('stopped');
    });
    expect(await report).to.deep.equal({ drained: true, left: [] });
  });

  it('gives stages behind acknowledge() their time, though nothing is owed any more', async () => {
    let report: Promise<StopReport> | undefined;
    const kept: string[] = [];
    virtualRun(({ hot, flush, source, at }) => {
      const input = hot('a', { a: source.deliver('a') });
      const slow = handle((text: string) => timer(2_000).pipe(map(() => text)));
      const keep = handle((text: string) => void kept.push(text));
      const running = pipeline('acked', input, acknowledge(), slow, keep).run(quiet());
      at(10, () => {
        report = running.stop({ deadlineMs: 10_000 });
      });
      flush();
    });
    expect(await report).to.deep.equal({ drained: true, left: [] });
    expect(kept).to.deep.equal(['a']);
  });

  it('gives back at the deadline what is left, and says where it was', async () => {
    const options = quiet();
    let report: Promise<StopReport> | undefined;
    let aborted = 0;
    virtualRun(({ hot, flush, source, at }) => {
      const input = hot('a-b-c', { a: source.deliver('a'), b: source.deliver('b'), c: source.deliver('c') });
      const hangs = handle<string, string | Observable<never>>(
        (text, { signal }) => {
          signal.addEventListener('abort', () => {
            aborted = asyncScheduler.now();
          });
          return text === 'a' ? NEVER : text;
        },
        { concurrency: 3 },
      );
      const lost = stage(
        'lost',
        filter<Delivery<string>>(({ data }) => data !== 'c'),
      );
      const running = pipeline('late', input, stage('hangs', hangs), lost).run(options);
      at(10, () => {
        report = running.stop({ deadlineMs: 100 });
      });
      flush();
      expect(settledAt(source)).to.deep.equal(['2 ack b', '110 release a', '110 release c']);
      expect(aborted).to.equal(110);
      expect(running.state).to.equal('stopped');
    });
    const left = [
      { stage: 'hangs', count: 1, oldestMs: 110 },
      { stage: 'lost', count: 1, oldestMs: 106 },
    ];
    expect(await report).to.deep.equal({ drained: false, left });
    expect(options.told).to.deep.equal([
      "warn PIPELINE_UNDRAINED: pipeline 'late' not drained within 100 ms; given back: 1 in hangs, 1 in lost",
    ]);
  });

  it('waits until every source has told its store', async () => {
    const source = new TestSource();
    const flushed = new Subject<never>();
    source.flushed = () => flushed;
    const running = pipeline('flushes', concat(of(source.deliver('a')), NEVER)).run();
    const report = running.stop();
    expect(running.state).to.equal('stopping');
    flushed.complete();
    expect(running.state).to.equal('stopped');
    expect(await report).to.deep.equal({ drained: true, left: [] });
  });

  it('waits for what an earlier attempt left to tell, and asks nobody twice', async () => {
    const slow = new TestSource();
    const told = new Subject<never>();
    slow.flushed = () => told;
    const quick = new TestSource();
    let asked = 0;
    quick.flushed = () => {
      asked += 1;
      return EMPTY;
    };
    const sources = [slow, quick, new TestSource()];
    const input = defer(() => {
      const source = sources.shift();
      const delivery = of((source as TestSource).deliver('a'));
      return concat(delivery, sources.length > 0 ? throwError(() => new Error('broken')) : NEVER);
    });
    const restart = { initialMs: 0 };
    const running = pipeline('restarted', input).run({ ...quiet(), restart });
    await eventually(() => running.counts.received === 3);
    const report = running.stop();
    expect(asked).to.equal(1);
    expect(running.state).to.equal('stopping');
    told.complete();
    expect(await report).to.deep.equal({ drained: true, left: [] });
  });

  it('counts for each pipeline when two share a source', async () => {
    const source = new TestSource();
    const input = new Subject<Delivery<string>>();
    const one = pipeline('one', input).run();
    const keeps = filter<Delivery<string>>(() => false);
    const two = pipeline('two', input, keeps).run();
    input.next(source.deliver('a'));
    const delivery = source.deliver('b');
    const three = pipeline('three', concat(of(delivery), NEVER), keeps).run();
    const four = pipeline('four', concat(of(delivery), NEVER), keeps).run();
    delivery.ack();
    const reports = await Promise.all([one, two, three, four].map((running) => running.stop()));
    expect(reports.map(({ drained }) => drained)).to.deep.equal([true, true, true, true]);
    expect([three, four].map(({ counts }) => counts.settled.ack)).to.deep.equal([1, 1]);
  });

  it('is not drained when a store is not told by the deadline, and waits a second for it to learn the rest', () => {
    const options = quiet();
    let report: Promise<StopReport> | undefined;
    virtualRun(({ flush, source, at }) => {
      source.flushed = () => NEVER;
      const running = pipeline('deaf', concat(of(source.deliver('a')), NEVER)).run(options);
      at(1, () => {
        report = running.stop({ deadlineMs: 5 });
      });
      at(1_005, () => expect(running.state).to.equal('stopping'));
      at(1_007, () => expect(running.state).to.equal('stopped'));
      flush();
    });
    return report?.then((said) => {
      expect(said).to.deep.equal({ drained: false, left: [] });
      expect(options.told).to.have.lengthOf(1);
    });
  });

  it('resolves at the deadline once the stores know what was given back', async () => {
    const source = new TestSource();
    const told = new Subject<never>();
    source.flushed = () => told;
    const holds = filter<Delivery<string>>(() => false);
    const running = pipeline('gives back', concat(of(source.deliver('a')), NEVER), holds).run(quiet());
    const report = running.stop({ deadlineMs: 0 });
    await eventually(() => source.log.length > 0);
    expect([source.log, running.state]).to.deep.equal([['release a'], 'stopping']);
    told.complete();
    expect(running.state).to.equal('stopped');
    expect((await report).drained).to.equal(false);
  });

  it('stops once, however often it is asked, and when its scope ends', async () => {
    let subscribed = 0;
    const input = new Observable<never>(() => {
      subscribed += 1;
      return () => {
        subscribed -= 1;
      };
    });
    {
      await using running = pipeline('scoped', input).run();
      expect(subscribed).to.equal(1);
      expect(await Promise.all([running.stop(), running.stop()])).to.deep.equal([
        { drained: true, left: [] },
        { drained: true, left: [] },
      ]);
    }
    expect(subscribed).to.equal(0);
  });

  it('refuses a deadline that is no time', () => {
    const running = pipeline('x', EMPTY).run();
    expect(() => running.stop({ deadlineMs: -1 })).to.throw(InvalidOptionError, 'deadlineMs is -1');
  });
});
