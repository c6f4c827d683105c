import { expect } from 'chai';
import { virtualCache } from './support/virtualCache.ts';

const LONG = { ttlMs: 60_000 };

describe('removing a key', () => {
  it('takes it from this process and the store at once', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process()];
      ask('one', one, upstream('first', 0, 'a'), LONG);
      at(10, () => {
        void one.cache.remove('k');
        ask('one', one, upstream('second', 0, 'b'), LONG);
        ask('two', two, upstream('third', 0, 'c'), LONG);
      });
    });
    expect(log.slice(2)).to.deep.equal(['10 second called', '10 one: b miss 0', '10 two: b hit 0']);
  });

  it('reaches the memory of another process within localMs, and not later', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process({ localMs: 500 })];
      ask('one', one, upstream('first', 0, 'a'), LONG);
      at(100, () => ask('two', two, upstream('second', 0, 'b'), LONG));
      at(110, () => void one.cache.remove('k'));
      at(599, () => ask('two', two, upstream('third', 0, 'c'), LONG));
      at(600, () => ask('two', two, upstream('fourth', 0, 'd'), LONG));
    });
    expect(log.slice(2)).to.deep.equal([
      '100 two: a hit 100',
      '599 two: a hit 599',
      '600 fourth called',
      '600 two: d miss 0',
    ]);
  });

  it('is asked after by version: what is still the one is not sent again', () => {
    let calls: readonly string[] = [];
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({ localMs: 100 });
      ask('1st', one, upstream('first', 0, 'a'), LONG);
      for (const ms of [50, 100, 150, 199, 200]) at(ms, () => ask('next', one, upstream('never', 0, 'x'), LONG));
      at(300, () => {
        calls = one.line.calls;
      });
    });
    expect(log.slice(2)).to.deep.equal([50, 100, 150, 199, 200].map((ms) => `${ms} next: a hit ${ms}`));
    expect(calls).to.deep.equal(['ask', 'land', 'ask', 'ask']);
  });

  it('keeps what a flight brings that began before, from this process, the store and others', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process()];
      ask('before', one, upstream('first', 100, 'old'), LONG);
      at(50, () => void one.cache.remove('k'));
      at(60, () => ask('after', one, upstream('second', 100, 'new'), LONG));
      at(170, () => {
        ask('one', one, upstream('third', 0, 'x'), LONG);
        ask('two', two, upstream('fourth', 0, 'x'), LONG);
      });
    });
    expect(log).to.deep.equal([
      '0 first called',
      '60 second called',
      '100 before: old miss 0',
      '160 after: new miss 0',
      '170 one: new hit 10',
      '170 two: new hit 10',
    ]);
  });

  it('by another process reaches a flight within localMs: who asks after that does not join it', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({ localMs: 200 }), process()];
      ask('before', one, upstream('first', 5_000, 'old'), LONG);
      at(1_000, () => void two.cache.remove('k'));
      at(1_201, () => ask('after', one, upstream('second', 10, 'new'), LONG));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '1201 second called',
      '1211 after: new miss 0',
      '5000 before: old miss 0',
    ]);
  });

  it('reaches the memory of another process within localMs of when that asked, however long the answer took', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({ localMs: 300 }, { tripMs: 400 }), process()];
      ask('two', two, upstream('first', 0, 'old'), LONG);
      at(1_000, () => ask('before', one, upstream('second', 0, 'x'), LONG));
      // The store has been asked at 1,200, and its answer comes at 1,400.
      at(1_201, () => void two.cache.remove('k'));
      at(1_501, () => ask('after', one, upstream('third', 0, 'new'), LONG));
    });
    expect(log.slice(2)).to.deep.equal(['1400 before: old hit 1200', '1901 third called', '2301 after: new miss 400']);
  });

  it('is known to a process that stood still while the store was answering', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({}, { tripMs: 20 }), process()];
      ask('two', two, upstream('first', 0, 'old'), LONG);
      at(100, () => ask('one', one, upstream('second', 0, 'new'), LONG));
      at(115, () => {
        void two.cache.remove('k');
        one.line.aheadMs = 30_000;
      });
    });
    expect(log.slice(2)).to.deep.equal(['140 second called', '160 one: new miss 20']);
  });

  it('is asked about before what is stale stands in for a source that fails', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const [one, two] = [process(), process()];
      const policy = { ttlMs: 100, staleIfErrorMs: 60_000 };
      ask('1st', one, upstream('first', 0, 'old'), policy);
      at(1_000, () => ask('2nd', one, failing('second', 10_000, new Error('no')), policy));
      at(2_000, () => void two.cache.remove('k'));
    });
    expect(log.slice(2)).to.deep.equal(['1000 second called', '11000 2nd: Error no']);
  });

  it('reaches a flight that went on without the key, since another had it for longer than waitMs', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two, three] = [process(), process({ waitMs: 1_000, localMs: 200 }), process()];
      ask('one', one, upstream('first', 20_000, 'old'), LONG);
      ask('before', two, upstream('second', 20_000, 'old'), LONG);
      at(5_000, () => void three.cache.remove('k'));
      at(6_000, () => ask('after', two, upstream('third', 10, 'new'), LONG));
    });
    expect(log.slice(2)).to.deep.equal([
      '6000 third called',
      '6010 after: new miss 0',
      '20000 one: old miss 0',
      '21000 before: old miss 0',
    ]);
  });

  it('while a flight is landing keeps that from the memory of this process', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({}, { tripMs: 20 });
      ask('before', one, upstream('first', 10, 'old'), LONG);
      // It has landed at 40, and hears of it at 50.
      at(45, () => void one.cache.remove('k'));
      at(60, () => ask('after', one, upstream('second', 10, 'new'), LONG));
    });
    expect(log.slice(1)).to.deep.equal(['50 before: old miss 20', '80 second called', '110 after: new miss 20']);
  });

  it('while the store is being asked keeps nothing here of what the answer brings', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({}, { tripMs: 20 }), process()];
      ask('two', two, upstream('first', 0, 'a'), LONG);
      at(100, () => ask('before', one, upstream('second', 0, 'b'), LONG));
      at(115, () => void one.cache.remove('k'));
      at(200, () => ask('after', one, upstream('third', 0, 'c'), LONG));
    });
    expect(log.slice(2)).to.deep.equal(['120 before: a hit 110', '220 third called', '240 after: c miss 20']);
  });
});

describe('clearing a cache', () => {
  it('is as removing every key', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({ localMs: 100 }), process({ localMs: 100 })];
      for (const key of ['x', 'y']) {
        ask('one', one, upstream(`1 ${key}`, 0, key), LONG, key);
        ask('two', two, upstream(`2 ${key}`, 0, key), LONG, key);
      }
      at(10, () => void one.cache.clear());
      at(100, () => {
        for (const key of ['x', 'y']) {
          ask('one', one, upstream(`3 ${key}`, 0, key.toUpperCase()), LONG, key);
          ask('two', two, upstream(`4 ${key}`, 0, key), LONG, key);
        }
      });
    });
    expect(log.slice(6)).to.deep.equal([
      '100 3 x called',
      '100 one: X miss 0',
      '100 two: X hit 0',
      '100 3 y called',
      '100 one: Y miss 0',
      '100 two: Y hit 0',
    ]);
  });

  it('keeps what flights bring that began before', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      ask('before', one, upstream('first', 100, 'old'), LONG);
      at(50, () => void one.cache.clear());
      at(110, () => ask('after', one, upstream('second', 10, 'new'), LONG));
    });
    expect(log.slice(1)).to.deep.equal(['100 before: old miss 0', '110 second called', '120 after: new miss 0']);
  });
});
