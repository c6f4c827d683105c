import { expect } from 'chai';
import { virtualCache } from './support/virtualCache.ts';

class NotThereError extends Error {
  override readonly name = 'NotThereError';
  readonly code = 'NOT_THERE';

  /** @param made keeps the messages of those that were made */
  constructor(message: string, made: unknown[] = []) {
    super(message);
    made.push(message);
  }
}

const down = new Error('upstream is down');
const gone = new NotThereError('no such series');

describe('what a cache takes for fresh', () => {
  it('is what is younger than ttlMs: to the ms, and without subscribing to the source', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 10, 'a'));
      at(109, () => ask('2nd', one, upstream('second', 10, 'b')));
      at(110, () => ask('3rd', one, upstream('third', 10, 'c')));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '10 1st: a miss 0',
      '109 2nd: a hit 99',
      '110 third called',
      '120 3rd: c miss 0',
    ]);
  });

  it('is what the caller says: the same entry is fresh to one and old to another', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({ localMs: 10 });
      ask('1st', one, upstream('first', 0, 'a'), { ttlMs: 1_000 });
      at(50, () => ask('2nd', one, upstream('second', 0, 'b'), { ttlMs: 50 }));
      at(60, () => ask('3rd', one, upstream('third', 0, 'c'), { ttlMs: 1_000 }));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '0 1st: a miss 0',
      '50 second called',
      '50 2nd: b miss 0',
      '60 3rd: b hit 10',
    ]);
  });

  it('is kept by the store for other processes, and its age goes on there', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process()];
      ask('one', one, upstream('first', 10, 'a', 'b'));
      at(50, () => ask('two', two, upstream('second', 10, 'c')));
      at(70, () => ask('two', two, upstream('third', 10, 'c')));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '10 one: a miss 0',
      '10 one: b miss 0',
      '50 two: a hit 40',
      '50 two: b hit 40',
      '70 two: a hit 60',
      '70 two: b hit 60',
    ]);
  });

  it('is gone when nobody of its policy would take it any more, from both levels', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process()];
      ask('one', one, upstream('first', 0, 'a'), { ttlMs: 3_000, staleMs: 500 });
      at(3_499, () => ask('two', two, upstream('never', 0, 'x'), { ttlMs: 10_000 }));
      at(3_500, () => ask('two', two, upstream('second', 0, 'b'), { ttlMs: 10_000 }));
      at(3_600, () => ask('one', one, upstream('third', 0, 'c'), { ttlMs: 10_000 }));
    });
    expect(log.slice(2)).to.deep.equal([
      '3499 two: a hit 3499',
      '3500 second called',
      '3500 two: b miss 0',
      '3600 one: b hit 100',
    ]);
  });
});

describe('stale-while-revalidate', () => {
  it('hands out what is stale at once, fetches once in the background, and hands out that next', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      const staleMs = 100;
      ask('1st', one, upstream('first', 0, 'a'), { staleMs });
      at(100, () => ask('2nd', one, upstream('second', 20, 'b'), { staleMs }));
      at(110, () => ask('3rd', one, upstream('third', 20, 'c'), { staleMs }));
      at(121, () => ask('4th', one, upstream('fourth', 20, 'd'), { staleMs }));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '0 1st: a miss 0',
      '100 2nd: a stale 100',
      '100 second called',
      '110 3rd: a stale 110',
      '121 4th: b hit 1',
    ]);
  });

  it('ends with its time: then who asks waits', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 0, 'a'), { staleMs: 50, staleIfErrorMs: 500 });
      at(149, () => ask('2nd', one, upstream('second', 1, 'b', 'B'), { staleMs: 50 }));
      at(300, () => ask('3rd', one, upstream('third', 5, 'c'), { staleMs: 50 }));
    });
    expect(log.slice(2)).to.deep.equal([
      '149 2nd: a stale 149',
      '149 second called',
      '300 third called',
      '305 3rd: c miss 0',
    ]);
  });

  it('is the same across processes: what another refreshes here is not fetched', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({ localMs: 20 }), process({ localMs: 20 })];
      const staleMs = 100;
      ask('one', one, upstream('first', 0, 'a'), { staleMs });
      at(110, () => ask('two', two, upstream('second', 30, 'b'), { staleMs }));
      at(120, () => ask('one', one, upstream('third', 30, 'c'), { staleMs }));
      at(141, () => ask('one', one, upstream('fourth', 30, 'd'), { staleMs }));
    });
    expect(log.slice(2)).to.deep.equal([
      '110 two: a stale 110',
      '110 second called',
      '120 one: a stale 120',
      '141 one: b hit 1',
    ]);
  });

  it('goes on though who asked has gone', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 0, 'a'), { staleMs: 100 });
      at(100, () => ask('2nd', one, upstream('second', 20, 'b'), { staleMs: 100 })());
      at(130, () => ask('3rd', one, upstream('third', 20, 'c'), { staleMs: 100 }));
    });
    expect(log.slice(2)).to.deep.equal(['100 2nd: a stale 100', '100 second called', '130 3rd: b hit 10']);
  });

  it('that does not complete within waitMs is given up and told of: the key is free for others', () => {
    let told: readonly string[] = [];
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({ waitMs: 2_000 }), process()];
      ask('1st', one, upstream('first', 0, 'a'), { staleMs: 100 });
      at(150, () => ask('2nd', one, upstream('hung', 1e9, 'x'), { staleMs: 100 }));
      at(1_000, () => ask('gone', one, upstream('never', 0, 'x'))());
      at(2_200, () => ask('3rd', two, upstream('second', 10, 'b')));
      at(2_300, () => {
        told = one.notices.map(({ code, message }) => `${code} ${message}`);
      });
    });
    expect(log.slice(2)).to.deep.equal([
      '150 2nd: a stale 150',
      '150 hung called',
      '2150 hung left',
      '2200 second called',
      '2210 3rd: b miss 0',
    ]);
    expect(told).to.deep.equal([
      "CACHE_REFRESH cache 'c' can't refresh 'k', what is stale goes on being handed out: the source has not completed within 2000 ms (`waitMs`)",
    ]);
  });

  it('that somebody waits for goes on behind waitMs, until the last of them leaves', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({ waitMs: 2_000 });
      ask('1st', one, upstream('first', 0, 'a'), { staleMs: 100 });
      at(150, () => ask('2nd', one, upstream('slow', 5_000, 'b'), { staleMs: 100 }));
      at(1_000, () => ask('3rd', one, upstream('never', 0, 'x')));
      ask('1st', one, upstream('other', 0, 'a'), { staleMs: 100 }, 'other');
      at(150, () => ask('2nd', one, upstream('hung', 1e9, 'b'), { staleMs: 100 }, 'other'));
      at(1_000, () => {
        const leave = ask('3rd', one, upstream('never', 0, 'x'), {}, 'other');
        at(3_000, leave);
      });
    });
    expect(log.slice(-2)).to.deep.equal(['4000 hung left', '5150 3rd: b miss 0']);
  });

  it('that fails is told of once, until one succeeds', () => {
    let notices: readonly string[] = [];
    virtualCache(({ process, ask, upstream, failing, at }) => {
      const one = process();
      const staleMs = 1_000;
      ask('1st', one, upstream('first', 0, 'a'), { staleMs });
      at(100, () => ask('2nd', one, failing('second', 1, down), { staleMs }));
      at(110, () => ask('3rd', one, failing('third', 1, down), { staleMs }));
      at(120, () => ask('4th', one, upstream('fourth', 1, 'b'), { staleMs }));
      at(230, () => ask('5th', one, failing('fifth', 1, down), { staleMs }));
      at(240, () => {
        notices = one.notices.map(({ code, message }) => `${code} ${message}`);
      });
    });
    const told = "CACHE_REFRESH cache 'c' can't refresh 'k', what is stale goes on being handed out: upstream is down";
    expect(notices).to.deep.equal([told, told]);
  });
});

describe('stale-if-error', () => {
  it('hands out what was kept, marked with the age and with why, while the source fails', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 0, 'a'), { staleIfErrorMs: 200 });
      at(150, () => ask('2nd', one, failing('second', 10, down), { staleIfErrorMs: 200 }));
      at(290, () => ask('3rd', one, failing('third', 10, down), { staleIfErrorMs: 200 }));
    });
    expect(log.slice(2)).to.deep.equal([
      '150 second called',
      '160 2nd: a stale 160 (upstream is down)',
      '290 third called',
      '300 3rd: Error upstream is down',
    ]);
  });

  it('is what each caller takes: of two that wait, one gets it and the other the error', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const one = process();
      ask('1st', one, upstream('first', 0, 'a'), { staleIfErrorMs: 200 });
      at(150, () => {
        ask('2nd', one, failing('second', 10, down), { staleIfErrorMs: 200 });
        ask('3rd', one, failing('third', 10, down));
      });
    });
    expect(log.slice(3)).to.deep.equal(['160 2nd: a stale 160 (upstream is down)', '160 3rd: Error upstream is down']);
  });

  it('serves a process that never had it, from the store', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const [one, two] = [process(), process()];
      ask('one', one, upstream('first', 0, 'a'), { staleIfErrorMs: 200 });
      at(150, () => ask('two', two, failing('second', 10, down), { staleIfErrorMs: 200 }));
    });
    expect(log.slice(2)).to.deep.equal(['150 second called', '160 two: a stale 160 (upstream is down)']);
  });
});

describe('an error', () => {
  it('is never kept unless it is named: the next asks the source again', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const one = process();
      const policy = { negativeMs: 1_000, negative: { OTHER: (message: string) => new Error(message) } };
      ask('1st', one, failing('first', 10, gone), policy);
      at(20, () => ask('2nd', one, upstream('second', 10, 'a'), policy));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '10 1st: NotThereError no such series',
      '20 second called',
      '30 2nd: a miss 0',
    ]);
  });

  it('that is named is kept for negativeMs, and replayed as it is made again, in every process', () => {
    const thrown: unknown[] = [];
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const [one, two] = [process(), process()];
      const negative = { NOT_THERE: (message: string) => new NotThereError(message, thrown) };
      const policy = { negativeMs: 50, negative };
      ask('one', one, failing('first', 10, gone), policy);
      at(30, () => ask('two', two, upstream('second', 10, 'a'), policy));
      at(59, () => ask('one', one, upstream('third', 10, 'a'), policy));
      at(60, () => ask('one', one, upstream('fourth', 10, 'a'), policy));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '10 one: NotThereError no such series',
      '30 two: NotThereError no such series',
      '59 one: NotThereError no such series',
      '60 fourth called',
      '70 one: a miss 0',
    ]);
    expect(thrown).to.deep.equal(Array(3).fill('no such series'));
  });

  it('that another keeps is no answer to who does not name it, in the same process or another', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const [one, two] = [process(), process()];
      const negative = { NOT_THERE: (message: string) => new NotThereError(message) };
      ask('one', one, failing('first', 10, gone), { negativeMs: 1_000, negative });
      ask('with it', one, upstream('never', 10, 'x'));
      at(20, () => ask('two', two, upstream('second', 0, 'a'), { negativeMs: 1_000, negative: {} }));
      at(21, () => ask('one', one, failing('third', 0, gone), { ttlMs: 1, negativeMs: 1_000, negative }));
      at(22, () => ask('one', one, upstream('fourth', 0, 'b')));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '10 one: NotThereError no such series',
      '10 with it: NotThereError no such series',
      '20 second called',
      '20 two: a miss 0',
      '21 one: NotThereError no such series',
      '22 one: a hit 2',
    ]);
  });

  it('that is an answer takes the place of what was kept: nothing stale is handed out for it', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const one = process();
      const negative = { NOT_THERE: (message: string) => new NotThereError(message) };
      const policy = { staleIfErrorMs: 1_000, negativeMs: 50, negative };
      ask('1st', one, upstream('first', 0, 'a'), policy);
      at(100, () => ask('2nd', one, failing('second', 0, gone), policy));
      at(160, () => ask('3rd', one, failing('third', 0, down), policy));
    });
    expect(log.slice(2)).to.deep.equal([
      '100 second called',
      '100 2nd: NotThereError no such series',
      '160 third called',
      '160 3rd: Error upstream is down',
    ]);
  });
});
