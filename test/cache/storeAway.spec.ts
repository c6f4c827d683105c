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

  it('that does not answer is noticed though all who ask leave before it is late', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({}, { state: 'cut' });
      for (let ms = 0; ms < 1_000; ms += 200) {
        at(ms, () => {
          const leave = ask(`${ms}`, one, upstream('source', 10, 'a'), LONG);
          at(150, leave);
        });
      }
    });
    expect(log).to.deep.equal(['600 source called', '610 600: a miss 0', '800 800: a hit 190']);
  });

  it('that always answers too late is told of once, and asked once a second', () => {
    let notices: readonly string[] = [];
    let asked = 0;
    virtualCache(({ process, ask, upstream, at }) => {
      const one = process({}, { tripMs: 600 });
      for (let ms = 0; ms < 10_000; ms += 50) at(ms, () => ask('k', one, upstream('call', 0, 'a'), LONG, `${ms}`));
      at(11_000, () => {
        notices = one.notices.map(({ level, code }) => `${level} ${code}`);
        asked = one.line.calls.filter((call) => call === 'ask').length;
      });
    });
    expect(notices).to.deep.equal(['warn CACHE_STORE']);
    // Ten at once to begin with, until the first is late.
    expect(asked).to.be.within(15, 20);
  });

  it('is not taken for away again by the failure of a call that was given up long before', () => {
    let notices: readonly string[] = [];
    virtualCache(({ process, ask, upstream, at }) => {
      const one = process({}, { tripMs: 8_000, state: 'down' });
      ask('1st', one, upstream('first', 0, 'a'), LONG);
      at(2_000, () => {
        one.line.tripMs = 0;
        one.line.state = 'up';
        ask('2nd', one, upstream('second', 0, 'b'), LONG, 'other');
      });
      at(10_000, () => {
        notices = one.notices.map(({ level, code }) => `${level} ${code}`);
      });
    });
    expect(notices).to.deep.equal(['warn CACHE_STORE', 'info CACHE_STORE']);
  });

  it('and is back while a flight goes on without it: who asks then does not join that', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({}, { state: 'down' }), process()];
      ask('before', one, upstream('first', 20_000, 'old'), LONG);
      at(3_000, () => ask('joins', one, upstream('never', 0, 'x'), LONG));
      at(4_500, () => {
        one.line.state = 'up';
        void two.cache.remove('k');
      });
      at(6_500, () => ask('after', one, upstream('second', 10, 'new'), LONG));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '6500 second called',
      '6510 after: new miss 0',
      '20000 before: old miss 0',
      '20000 joins: old miss 0',
    ]);
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

  it('is closed only when it has given back a flight that was just being asked for', () => {
    const log = virtualCache(({ process, ask, upstream, at, log }) => {
      const [one, two] = [process({}, { tripMs: 20 }), process()];
      ask('one', one, upstream('never', 10, 'x'), LONG);
      at(15, () =>
        one.cache.close().subscribe({
          complete: () => {
            log.push('closed');
            ask('two', two, upstream('second', 10, 'b'), LONG);
          },
        }),
      );
    });
    expect(log.slice(1)).to.deep.equal(['closed', '40 second called', '50 two: b miss 0']);
  });

  it('is closed within a second though the store does not answer', () => {
    const log = virtualCache(({ process, ask, upstream, at, log }) => {
      const one = process({}, { state: 'cut' });
      ask('one', one, upstream('never', 10, 'x'), LONG);
      at(15, () => one.cache.close().subscribe({ complete: () => log.push('closed') }));
    });
    expect(log.slice(1)).to.deep.equal(['closed']);
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
