import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { memoryStore } from '../../../src/adapters/memory/index.ts';
import { InvalidOptionError } from '../../../src/core/errors.ts';
import { ACK } from '../../../src/core/outcome.ts';
import { FencedError, StoreClosedError, StoreFullError } from '../../../src/core/storeErrors.ts';
import { Clock } from './support/clock.ts';
import { now, record, Stream } from './support/stream.ts';

const KB = 'x'.repeat(1_024);

describe('memoryStore', () => {
  it('promises neither sharing nor raw access', () => {
    const store = memoryStore();
    expect(store.name).to.equal('memory');
    expect([...store.features]).to.deep.equal([]);
  });

  for (const maxBytes of [0, -1, 1.5, NaN, Infinity]) {
    it(`refuses maxBytes of ${maxBytes}`, () => {
      expect(() => memoryStore({ maxBytes })).to.throw(InvalidOptionError, `maxBytes is ${maxBytes}`);
    });
  }

  it('hands out the very entry it keeps while the attempt is the first', () => {
    const stream = new Stream();
    const member = stream.join('c');
    stream.append('a');
    const [entry] = now(stream.take(member));
    expect(now(stream.store.read({ stream: 's', from: 'earliest', count: 1, waitMs: 0 })).entries[0]).to.equal(entry);
  });

  it('keeps ids growing when the clock stands, goes back, and goes on', () => {
    const clock = new Clock(1_000);
    const stream = new Stream({ scheduler: clock });
    const ids = [0, 0, -500, 0, 499, 1, 2].flatMap((ms) => {
      clock.move(ms);
      return stream.append('a').map(({ id }) => id);
    });
    expect(ids).to.deep.equal(['1000-0', '1000-1', '1000-2', '1000-3', '1000-4', '1000-5', '1002-0']);
  });

  it('tells a waiting take at once that its consumer left', () => {
    const stream = new Stream();
    const member = stream.join('c');
    const errors: unknown[] = [];
    stream.take(member, { waitMs: 60_000 }).subscribe({ error: (error) => errors.push(error) });
    now(stream.store.leave(member));
    expect(errors).to.have.length(1);
    expect(errors[0]).to.be.instanceOf(FencedError);
  });

  it('makes no stream of a name that was only asked about', () => {
    const { store } = new Stream();
    expect(now(store.stats('other')).groups).to.deep.equal([]);
    expect(now(store.deadLetters('other', { count: 1 }))).to.deep.equal([]);
    expect(now(store.trim('other', { maxEntries: 0 }))).to.deep.equal({ removed: 0, owed: 0 });
    now(store.leave({ stream: 'other', group: 'g', consumer: 'c' }));
  });

  it('is closed for good, to calls made while it closes too', () => {
    const stream = new Stream();
    const seen: unknown[] = [];
    stream.take(stream.join('c'), { waitMs: 60_000 }).subscribe({
      error: () => stream.store.append('s', [record('a')]).subscribe({ error: (error) => seen.push(error) }),
    });
    now(stream.store.close());
    expect(seen[0]).to.be.instanceOf(StoreClosedError);
  });

  describe('when full', () => {
    const maxBytes = 100 * 1_024;
    const fill = (stream: Stream): number => {
      for (let count = 0; ; count++) {
        try {
          stream.append(KB);
        } catch (error) {
          expect(error).to.be.instanceOf(StoreFullError);
          return count;
        }
      }
    };

    it('refuses an append with the stream, the bytes, and the group that owes the most', () => {
      const stream = new Stream({ maxBytes });
      now(stream.store.createGroup({ stream: 's', group: 'late', pattern: '*', start: 'earliest' }));
      const member = stream.join('c');
      expect(fill(stream)).to.be.within(80, 90);
      stream.settle(member, now(stream.take(member, { credit: { critical: 0, high: 0, normal: 1, low: 0 } })), ACK);
      expect(() => stream.append(KB, KB))
        .to.throw(StoreFullError)
        .with.property('message')
        .that.matches(/stream 's' can't take 2 more of \d+ bytes, \d+ of 102400 bytes .* group 'late' of stream 's'/);
    });

    it('keeps all of an append or nothing', () => {
      const stream = new Stream({ maxBytes });
      fill(stream);
      const { length } = now(stream.store.stats('s')).lanes.normal;
      expect(() => stream.append('small', KB.repeat(50))).to.throw(StoreFullError);
      expect(now(stream.store.stats('s')).lanes.normal.length).to.equal(length);
    });

    it('makes room of what every group is done with, oldest first', () => {
      const stream = new Stream({ maxBytes });
      const member = stream.join('c');
      for (let i = 0; i < 1_000; i++) {
        stream.append(`${i} ${KB}`);
        stream.settle(member, now(stream.take(member)), ACK);
      }
      const { entries } = now(stream.store.read({ stream: 's', from: 'earliest', count: 1_000, waitMs: 0 }));
      expect(entries.length).to.be.within(60, 90);
      expect(entries.at(-1)?.payload).to.equal(`999 ${KB}`);
    });

    it('makes room in other streams too, but not in those without a group', () => {
      const stream = new Stream({ maxBytes });
      const member = stream.join('c');
      now(stream.store.append('unread', [record(KB)]));
      const count = fill(stream);
      for (let i = 0; i < count; i += 50) stream.settle(member, now(stream.take(member)), ACK);
      for (let i = 0; i < count; i++) now(stream.store.append('unread', [record(KB)]));
      expect(now(stream.store.stats('unread')).lanes.normal.length).to.equal(count + 1);
      expect(() => now(stream.store.append('unread', [record(KB)]))).to.throw(StoreFullError, 'no group reads them');
    });

    it('goes on once it was trimmed, and never drops what is owed', () => {
      const stream = new Stream({ maxBytes });
      const member = stream.join('c');
      const count = fill(stream);
      const entries = now(stream.take(member));
      stream.settle(member, entries.slice(0, 10), ACK);
      const trimmed = now(stream.store.trim('s', { maxEntries: 0 }));
      expect(trimmed).to.deep.equal({ removed: 10, owed: count - 10, heldBy: [member.group] });
      const more = fill(stream);
      expect(more).to.be.within(10, 11);
      stream.settle(member, entries.slice(10), { kind: 'release' });
      expect(now(stream.take(member)).length).to.equal(count - 10 + more);
    });

    it('counts dead letters, and takes their bytes back', () => {
      const stream = new Stream({ maxBytes });
      const member = stream.join('c');
      const count = fill(stream);
      stream.settle(member, now(stream.take(member)), { kind: 'reject', error: new Error('no') });
      now(stream.store.trim('s', { maxEntries: 0 }));
      expect(() => stream.append(KB)).to.throw(StoreFullError);
      const ids = now(stream.store.deadLetters('s', { count })).map(({ id }) => id);
      expect(now(stream.store.purge('s', ids))).to.equal(count);
      expect(fill(stream)).to.equal(count);
    });
  });

  it('frees the memory of what it trims', () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const usedMb = (): number => {
      gc();
      return process.memoryUsage().heapUsed / 1_048_576;
    };
    const stream = new Stream();
    const before = usedMb();
    for (let i = 0; i < 20_000; i++) stream.append(`${i}${KB}`.toUpperCase());
    expect(usedMb() - before).to.be.above(20);
    now(stream.store.trim('s', { maxEntries: 100 }));
    expect(now(stream.store.stats('s')).lanes.normal.length).to.equal(20_000);
    now(stream.store.createGroup({ stream: 's', group: 'other', pattern: '*', start: 'latest' }));
    const member = stream.join('c');
    for (let entries = now(stream.take(member)); entries.length > 0; entries = now(stream.take(member))) {
      stream.settle(member, entries, ACK);
    }
    expect(now(stream.store.trim('s', { maxEntries: 100 })).removed).to.equal(19_900);
    expect(usedMb() - before).to.be.below(3);
  });

  it('counts what waits to be due, and gives back what is cancelled', () => {
    const stream = new Stream({ maxBytes: 3 * 1_024 });
    const delayed = (id: string) => [{ ...record(KB), id, due: { afterMs: 1_000_000 } }];
    now(stream.store.schedule('s', delayed('a')));
    now(stream.store.schedule('s', delayed('a')));
    now(stream.store.schedule('s', delayed('b')));
    expect(() => now(stream.store.schedule('s', delayed('c')))).to.throw(StoreFullError);
    expect(() => stream.append(KB)).to.throw(StoreFullError);
    expect(now(stream.store.cancel('s', [{ topic: record('').topic, id: 'a' }]))).to.equal(1);
    stream.append(KB);
    now(stream.store.close());
  });
});
