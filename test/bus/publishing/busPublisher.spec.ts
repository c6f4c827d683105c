import { ROOT_CONTEXT } from '@opentelemetry/api';
import { expect } from 'chai';
import { defer, delay, firstValueFrom, type Observable, of, throwError, timer } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { memoryStore } from '../../../src/adapters/memory/index.ts';
import { BusPublisher, type BusPublisherOptions } from '../../../src/bus/publishing/busPublisher.ts';
import { BufferFullError } from '../../../src/bus/publishing/errors.ts';
import { Codecs } from '../../../src/core/codecs.ts';
import {
  EncodeError,
  InvalidOptionError,
  InvalidTopicError,
  PayloadTooLargeError,
  UnknownEncodingError,
} from '../../../src/core/errors.ts';
import { perPriority } from '../../../src/core/priority.ts';
import type { PublishOptions } from '../../../src/core/publisher.ts';
import type { EntryRef, StoreRecord, StreamStore } from '../../../src/core/store.ts';
import { StoreAuthError, StoreClosedError, StoreUnavailableError } from '../../../src/core/storeErrors.ts';
import { VirtualTime } from '../../support/virtualTime.ts';

type Append = (records: readonly StoreRecord[]) => Observable<readonly EntryRef[]>;

/** Confirms after a while, and keeps what each append held. */
class SlowStore {
  readonly appends: { at: number; topics: string[] }[] = [];
  private ids = 0;
  fail: (() => Error | undefined) | undefined;

  constructor(
    private readonly scheduler: TestScheduler,
    private readonly takesMs = 10,
  ) {}

  readonly append: Append = (records) =>
    defer(() => {
      this.appends.push({ at: this.scheduler.now(), topics: records.map(({ topic }) => topic) });
      const error = this.fail?.();
      if (error) return throwError(() => error);
      return of(records.map(({ priority }) => ({ priority, id: `${++this.ids}-0` }))).pipe(delay(this.takesMs));
    });
}

describe('BusPublisher', () => {
  let scheduler: TestScheduler;
  let store: SlowStore;
  let confirmed: string[];

  beforeEach(() => {
    scheduler = new VirtualTime();
    store = new SlowStore(scheduler);
    confirmed = [];
  });

  function publisher(options: Partial<BusPublisherOptions> = {}): BusPublisher {
    const memory = memoryStore();
    const port: StreamStore = Object.assign(Object.create(memory) as StreamStore, {
      append: (_stream: string, records: readonly StoreRecord[]) => store.append(records),
    });
    return new BusPublisher({
      store: port,
      codecs: new Codecs(),
      partitionsOf: (topic) => [topic],
      streamOf: () => 'main.0',
      maxPayloadBytes: 1_000,
      bufferBytes: 10_000,
      full: 'wait',
      lingerMs: perPriority(() => 0),
      maxBatch: 100,
      timeoutMs: 1_000,
      ...options,
    });
  }

  function send(to: BusPublisher, topic: string, options: PublishOptions = {}, data: unknown = 1): void {
    to.send(topic, data, options, ROOT_CONTEXT, (error, receipt) => {
      confirmed.push(error ? `${topic} ${error.constructor.name}` : `${topic} ${receipt?.id}`);
    });
  }

  it('sends what came in one turn together, and at once', () => {
    scheduler.run(({ flush }) => {
      const to = publisher();
      for (const topic of ['a', 'b', 'c']) send(to, topic);
      flush();
    });
    expect(store.appends).to.deep.equal([{ at: 0, topics: ['a', 'b', 'c'] }]);
    expect(confirmed).to.deep.equal(['a main.0:normal:1-0', 'b main.0:normal:2-0', 'c main.0:normal:3-0']);
  });

  it('gathers while an append is under way, in order, at most maxBatch at once', () => {
    scheduler.run(({ flush }) => {
      const to = publisher({ maxBatch: 2 });
      send(to, 'a');
      timer(3).subscribe(() => {
        for (const topic of ['b', 'c', 'd']) send(to, topic);
      });
      flush();
    });
    expect(store.appends).to.deep.equal([
      { at: 0, topics: ['a'] },
      { at: 10, topics: ['b', 'c'] },
      { at: 20, topics: ['d'] },
    ]);
  });

  it('sends by ones to a store that answers at once, in a loop', () => {
    const at = (records: readonly StoreRecord[]) => of(records.map(({ priority }) => ({ priority, id: '1-0' })));
    Object.assign(store, { append: at });
    scheduler.run(({ flush }) => {
      const to = publisher({ maxBatch: 1, bufferBytes: 10_000_000 });
      for (let i = 0; i < 20_000; i++) send(to, 'a');
      flush();
    });
    expect(confirmed).to.have.length(20_000);
  });

  it('keeps tiers apart: a critical message does not wait for the low ones under way', () => {
    scheduler.run(({ flush }) => {
      const to = publisher();
      send(to, 'low', { priority: 'low' });
      timer(3).subscribe(() => send(to, 'critical', { priority: 'critical' }));
      flush();
    });
    expect(store.appends.map(({ at }) => at)).to.deep.equal([0, 3]);
  });

  it('lingers for company on a tier that is told to', () => {
    scheduler.run(({ flush }) => {
      const to = publisher({ lingerMs: { ...perPriority(() => 0), low: 5 } });
      send(to, 'a', { priority: 'low' });
      timer(4).subscribe(() => send(to, 'b', { priority: 'low' }));
      flush();
    });
    expect(store.appends).to.deep.equal([{ at: 5, topics: ['a', 'b'] }]);
  });

  it('waits with a full buffer, and loses nothing', () => {
    scheduler.run(({ flush }) => {
      const to = publisher({ bufferBytes: 30 });
      for (const topic of ['a', 'b', 'c']) send(to, topic, {}, 'x'.repeat(17));
      flush();
    });
    expect(store.appends.map(({ at }) => at)).to.deep.equal([0, 10, 20]);
    expect(confirmed).to.have.length(3);
  });

  it('refuses with a full buffer when told to fail, and says what to do', () => {
    const errors: (Error | undefined)[] = [];
    scheduler.run(({ flush }) => {
      const to = publisher({ bufferBytes: 30, full: 'fail' });
      for (const topic of ['a', 'b']) {
        to.send(topic, 'x'.repeat(17), {}, ROOT_CONTEXT, (error) => errors.push(error));
      }
      flush();
    });
    const [first, second] = errors;
    expect(first).to.be.instanceOf(BufferFullError);
    expect(first?.message).to.include("'b'").and.include('publish.bufferBytes');
    expect(second).to.equal(undefined);
  });

  it('drops the oldest of the least urgent when told to, and says so to its publisher', () => {
    scheduler.run(({ flush }) => {
      const to = publisher({ bufferBytes: 70, full: 'drop-oldest' });
      send(to, 'sent', { priority: 'low' }, 'x'.repeat(5));
      timer(1).subscribe(() => {
        send(to, 'old', { priority: 'low' }, 'x'.repeat(20));
        send(to, 'new', { priority: 'high' }, 'x'.repeat(20));
        send(to, 'newest', { priority: 'low' }, 'x'.repeat(20));
      });
      flush();
    });
    expect(confirmed).to.include('old BufferFullError');
    expect(confirmed.filter((line) => line.includes('main.0'))).to.have.length(3);
  });

  it('drops nothing that is more urgent than the newcomer, which is refused instead', () => {
    scheduler.run(({ flush }) => {
      const to = publisher({ bufferBytes: 60, full: 'drop-oldest' });
      send(to, 'sent', { priority: 'critical' }, 'x'.repeat(5));
      timer(1).subscribe(() => {
        send(to, 'urgent', { priority: 'critical' }, 'x'.repeat(20));
        send(to, 'low', { priority: 'low' }, 'x'.repeat(20));
      });
      flush();
    });
    expect(confirmed).to.include('low BufferFullError').and.include('urgent main.0:critical:2-0');
  });

  it('tries again while the store is away, in order, and gives up after timeoutMs', () => {
    let failures = 0;
    store.fail = () => (++failures <= 3 ? new StoreUnavailableError('away') : undefined);
    scheduler.run(({ flush }) => {
      const to = publisher({ timeoutMs: 60_000 });
      for (const topic of ['a', 'b']) send(to, topic);
      flush();
    });
    expect(confirmed).to.deep.equal(['a main.0:normal:1-0', 'b main.0:normal:2-0']);
    store.fail = () => new StoreUnavailableError('away');
    scheduler.run(({ flush }) => {
      send(publisher(), 'c');
      flush();
    });
    expect(confirmed.at(-1)).to.equal('c StoreUnavailableError');
  });

  it('gives each message up after timeoutMs of its own, however many wait before it', () => {
    store.fail = () => new StoreUnavailableError('away');
    const at: number[] = [];
    scheduler.run(({ flush }) => {
      const to = publisher({ maxBatch: 1, timeoutMs: 1_000 });
      for (let i = 0; i < 5; i++) to.send('a', 1, {}, ROOT_CONTEXT, () => at.push(scheduler.now()));
      flush();
    });
    expect(at).to.have.length(5);
    expect(Math.max(...at)).to.be.below(3_100);
  });

  it('does not try again what the store refuses for good', () => {
    store.fail = () => new StoreAuthError('no');
    scheduler.run(({ flush }) => {
      send(publisher(), 'a');
      flush();
    });
    expect(confirmed).to.deep.equal(['a StoreAuthError']);
    expect(store.appends).to.have.length(1);
  });

  it('refuses bad input to its publisher alone', () => {
    const to = publisher();
    const errors: (Error | undefined)[] = [];
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const cases: [string, unknown, PublishOptions][] = [
      ['a.*', 1, {}],
      ['', 1, {}],
      ['a', 1n, {}],
      ['a', cycle, {}],
      ['a', undefined, {}],
      ['a', 'x'.repeat(1_000), {}],
      ['a', '€'.repeat(400), {}],
      ['a', 1, { encoding: 'morse' }],
      ['a', 1, { priority: 'urgent' as never }],
      ['a', 1, { headers: { n: 1 as never } }],
    ];
    scheduler.run(({ flush }) => {
      for (const [topic, data, options] of cases)
        to.send(topic, data, options, ROOT_CONTEXT, (error) => errors.push(error));
      send(to, 'fine');
      flush();
    });
    expect(errors.map((error) => error?.constructor)).to.deep.equal([
      InvalidTopicError,
      InvalidTopicError,
      EncodeError,
      EncodeError,
      EncodeError,
      PayloadTooLargeError,
      PayloadTooLargeError,
      UnknownEncodingError,
      InvalidOptionError,
      InvalidOptionError,
    ]);
    expect(confirmed).to.deep.equal(['fine main.0:normal:1-0']);
  });

  it('writes what differs from the default, and nothing else, into meta', () => {
    const metas: string[] = [];
    const keep: Append = (records) => {
      metas.push(...records.map(({ meta }) => meta));
      return of(records.map(({ priority }) => ({ priority, id: '1-0' })));
    };
    scheduler.run(({ flush }) => {
      const to = publisher();
      Object.assign(store, { append: keep });
      send(to, 'plain', { headers: {} });
      send(to, 'full', { id: 'i', key: 'k', time: 5, headers: { h: 'v' } });
      flush();
    });
    expect(metas).to.deep.equal(['', '{"id":"i","key":"k","time":5,"headers":{"h":"v"}}']);
  });

  it('flushes without lingering when asked, and refuses everything once closed', async () => {
    const to = publisher({ lingerMs: perPriority(() => 60_000) });
    Object.assign(store, {
      append: (records: readonly StoreRecord[]) => of(records.map(({ priority }) => ({ priority, id: '1-0' }))),
    });
    send(to, 'a');
    await firstValueFrom(to.flushed(), { defaultValue: undefined });
    expect(confirmed).to.deep.equal(['a main.0:normal:1-0']);
    send(to, 'b');
    to.close();
    send(to, 'c');
    expect(confirmed.slice(1)).to.deep.equal([`b ${StoreClosedError.name}`, `c ${StoreClosedError.name}`]);
  });
});
