import { expect } from 'chai';
import { virtualCache } from './support/virtualCache.ts';

const LONG = { ttlMs: 60_000, staleIfErrorMs: 60_000 };

describe('a cache whose store is down', () => {
  it('goes on with what this process has and the source, and says so once', () => {
    let notices: readonly string[] = [];
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({ localMs: 100 });
      ask('1st', one, upstream('first', 0, 'a'), LONG);
      at(50, () => {
        one.line.state = 'down';
      });
      at(200, () => ask('2nd', one, upstream('never', 0, 'x'), LONG));
      at(5_000, () => ask('3rd', one, upstream('never', 0, 'x'), LONG));
      at(6_000, () => ask('other', one, upstream('second', 5, 'b'), LONG, 'other'));
      at(7_000, () => ask('other', one, upstream('third', 5, 'c'), LONG, 'other'));
      at(8_000, () => {
        notices = one.notices.map(({ level, code, message }) => `${level} ${code} ${message}`);
      });
    });
    expect(log.slice(2)).to.deep.equal([
      '200 2nd: a hit 200',
      '5000 3rd: a hit 5000',
      '6000 second called',
      '6005 other: b miss 0',
      '7000 other: b hit 995',
    ]);
    expect(notices).to.deep.equal([
      "warn CACHE_STORE cache 'c' can't use its store, and goes on with what this process has: the store is down",
    ]);
  });

  it('asks it about once a second, however many ask the cache', () => {
    let calls: readonly string[] = [];
    virtualCache(({ process, ask, upstream, at }) => {
      const one = process({}, { state: 'down' });
      for (let ms = 0; ms < 10_000; ms += 50) at(ms, () => ask('k', one, upstream('call', 0, 'a'), LONG, `${ms}`));
      at(10_000, () => {
        calls = one.line.calls;
      });
    });
    expect(calls.length).to.be.within(9, 11);
  });

  it('uses it again when it is back, and says so; what it had meanwhile is asked after', () => {
    let notices: readonly string[] = [];
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({ localMs: 100 }), process()];
      one.line.state = 'down';
      ask('one', one, upstream('first', 0, 'mine'), LONG);
      ask('two', two, upstream('second', 0, 'theirs'), LONG);
      at(2_000, () => {
        one.line.state = 'up';
      });
      at(2_100, () => ask('one', one, upstream('third', 0, 'x'), LONG));
      at(2_200, () => {
        notices = one.notices.map(({ level, code }) => `${level} ${code}`);
      });
    });
    expect(log.at(-1)).to.equal('2100 one: theirs hit 2100');
    expect(notices).to.deep.equal(['warn CACHE_STORE', 'info CACHE_STORE']);
  });

  it('that does not answer is waited for half a second, once, and not by those who come then', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({}, { state: 'cut' });
      ask('1st', one, upstream('first', 10, 'a'), LONG);
      at(600, () => ask('2nd', one, upstream('second', 10, 'b'), LONG, 'other'));
    });
    expect(log).to.deep.equal(['500 first called', '510 1st: a miss 0', '600 second called', '610 2nd: b miss 0']);
  });

  it('while the flight lands: what it brought is handed on and kept here', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 10, 'a'), LONG);
      at(5, () => {
        one.line.state = 'down';
      });
      at(20, () => ask('2nd', one, upstream('second', 10, 'b'), LONG));
    });
    expect(log).to.deep.equal(['0 first called', '10 1st: a miss 0', '20 2nd: a hit 10']);
  });

  it('and whose source is down hands out what is stale, marked', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 0, 'a'), { ttlMs: 100, staleIfErrorMs: 10_000 });
      at(50, () => {
        one.line.state = 'down';
      });
      at(5_000, () => ask('2nd', one, failing('second', 5, new Error('no')), { staleIfErrorMs: 10_000 }));
    });
    expect(log.at(-1)).to.equal('5005 2nd: a stale 5005 (no)');
  });

  it('refuses to remove or clear, and has forgotten what it had itself', async () => {
    const removed: Promise<unknown>[] = [];
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 0, 'a'), LONG);
      at(10, () => {
        one.line.state = 'down';
        removed.push(one.cache.remove('k').catch((error: Error) => error.message));
        removed.push(one.cache.clear().catch((error: Error) => error.message));
        ask('2nd', one, upstream('second', 0, 'b'), LONG);
      });
    });
    expect(await Promise.all(removed)).to.deep.equal(['the store is down', 'the store is down']);
    expect(log.slice(2)).to.deep.equal(['10 second called', '10 2nd: b miss 0']);
  });
});
