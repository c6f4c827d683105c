import { expect } from 'chai';
import { type Process, virtualCache } from './support/virtualCache.ts';

/** As `kill -9`: nothing of it reaches the store any more, and nothing comes back. */
function kill({ line }: Process): void {
  line.state = 'cut';
}

describe('the flight of a key in one process', () => {
  it('is one for all who ask meanwhile', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process({}, { tripMs: 2 });
      ask('1st', one, upstream('first', 10, 'a'));
      ask('2nd', one, upstream('second', 10, 'b'));
      at(8, () => ask('3rd', one, upstream('third', 10, 'c')));
    });
    expect(log).to.deep.equal(['2 first called', '14 1st: a miss 2', '14 2nd: a miss 2', '14 3rd: a miss 2']);
  });

  it('is another for another key', () => {
    const log = virtualCache(({ process, ask, upstream }) => {
      const one = process();
      ask('1st', one, upstream('first', 10, 'a'), {}, 'x');
      ask('2nd', one, upstream('second', 10, 'b'), {}, 'y');
    });
    expect(log.slice(2)).to.deep.equal(['10 1st: a miss 0', '10 2nd: b miss 0']);
  });

  it('goes on when one who waits leaves, and ends when the last one does', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const one = process();
      const leave = [ask('1st', one, upstream('first', 10, 'a')), ask('2nd', one, upstream('second', 10, 'b'))];
      at(2, () => leave[0]?.());
      at(4, () => leave[1]?.());
      at(5, () => ask('3rd', one, upstream('third', 10, 'c')));
    });
    expect(log).to.deep.equal(['0 first called', '4 first left', '5 third called', '15 3rd: c miss 0']);
  });

  it('gives its error to all who wait, and is over', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const one = process();
      ask('1st', one, failing('first', 10, new Error('no')));
      ask('2nd', one, upstream('second', 10, 'b'));
      at(11, () => ask('3rd', one, upstream('third', 10, 'c')));
    });
    expect(log.slice(1)).to.deep.equal(['10 1st: Error no', '10 2nd: Error no', '11 third called', '21 3rd: c miss 0']);
  });

  it('is asked anew by who wants it fresher than what the store had', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({}, { tripMs: 2 }), process()];
      ask('one', two, upstream('first', 0, 'a'));
      at(50, () => {
        ask('1st', one, upstream('second', 5, 'b'));
        ask('2nd', one, upstream('third', 5, 'c'), { ttlMs: 20 });
      });
    });
    expect(log.slice(2)).to.deep.equal(['52 1st: a hit 51', '54 third called', '61 2nd: c miss 2']);
  });

  it('is not made for one who left while another was answered', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({}, { tripMs: 2 }), process()];
      ask('one', two, upstream('first', 0, 'a'));
      at(50, () => {
        let leave = () => {};
        one.cache.get('k', () => upstream('second', 5, 'b'), { ttlMs: 100 }).subscribe(() => leave());
        leave = ask('2nd', one, upstream('third', 5, 'c'), { ttlMs: 20 });
      });
    });
    expect(log).to.deep.equal(['0 first called', '0 one: a miss 0']);
  });
});

describe('the flight of a key among processes', () => {
  it('is one: the others wait, ask now and then, and hand out what it brought', () => {
    let calls: readonly string[] = [];
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process()];
      ask('one', one, upstream('first', 1_000, 'a'), { ttlMs: 10 });
      at(1, () => ask('two', two, upstream('second', 10, 'b'), { ttlMs: 10 }));
      at(2_000, () => {
        calls = two.line.calls;
      });
    });
    expect(log[0]).to.equal('0 first called');
    expect(log[1]).to.equal('1000 one: a miss 0');
    expect(log[2]).to.match(/^\d+ two: a hit \d+$/);
    const lateMs = Number(/hit (\d+)$/.exec(log[2] ?? '')?.[1]);
    expect(lateMs).to.be.at.most(250);
    expect(calls.length, 'no hot poll').to.be.within(5, 20);
  });

  it('is taken over as soon as the lease is over when its process is killed', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({ leaseMs: 3_000 }), process({ leaseMs: 3_000 })];
      ask('one', one, upstream('first', 60_000, 'a'));
      at(1, () => ask('two', two, upstream('second', 10, 'b')));
      at(10_000, () => kill(one));
    });
    // Its last sign of life was at 9 s, so the lease was over at 12 s.
    const taken = log.find((line) => line.endsWith('second called'));
    expect(Number(taken?.split(' ')[0])).to.be.within(12_000, 12_010);
    expect(log.some((line) => line.endsWith('two: b miss 0'))).to.equal(true);
  });

  it('stays with a process that lives, for however long that takes', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const options = { leaseMs: 500, waitMs: 60_000 };
      const [one, two] = [process(options), process(options)];
      ask('one', one, upstream('first', 30_000, 'a'));
      at(1, () => ask('two', two, upstream('second', 10, 'b')));
    });
    expect(log.slice(0, 2)).to.deep.equal(['0 first called', '30000 one: a miss 0']);
    expect(log[2]).to.match(/two: a hit/);
  });

  it('that was lost overwrites nothing newer, neither in the store nor in its own process', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const options = { leaseMs: 300 };
      const [one, two] = [process(options), process(options)];
      ask('one', one, upstream('first', 2_000, 'old'), { ttlMs: 10_000 });
      at(100, () => kill(one));
      at(500, () => ask('two', two, upstream('second', 10, 'new'), { ttlMs: 10_000 }));
      // It was cut off, and comes back just before its flight ends.
      at(1_950, () => {
        one.line.state = 'up';
      });
      at(5_000, () => {
        ask('one', one, upstream('third', 10, 'x'), { ttlMs: 10_000 });
        ask('two', two, upstream('fourth', 10, 'x'), { ttlMs: 10_000 });
      });
    });
    expect(log).to.include('2000 one: old miss 0');
    expect(log.slice(-2)).to.deep.equal(['5000 one: new hit 4490', '5000 two: new hit 4490']);
  });

  it('that was lost unnoticed is noticed when it lands', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const options = { leaseMs: 300 };
      const [one, two] = [process(options), process(options)];
      ask('one', one, upstream('first', 460, 'old'), { ttlMs: 10_000 });
      at(99, () => kill(one));
      at(420, () => ask('two', two, upstream('second', 10, 'new'), { ttlMs: 10_000 }));
      // Back before its next renewal.
      at(450, () => {
        one.line.state = 'up';
      });
      at(470, () => ask('one', one, upstream('third', 10, 'x'), { ttlMs: 10_000 }));
    });
    expect(log.slice(2)).to.deep.equal(['430 two: new miss 0', '460 one: old miss 0', '470 one: new hit 40']);
  });

  it('that fails goes to another that waits, which tries for itself', () => {
    const log = virtualCache(({ process, ask, upstream, failing, at }) => {
      const [one, two] = [process(), process()];
      ask('one', one, failing('first', 100, new Error('no')));
      at(1, () => ask('two', two, upstream('second', 10, 'b')));
    });
    expect(log.slice(0, 2)).to.deep.equal(['0 first called', '100 one: Error no']);
    expect(log[2]).to.match(/^1\d\d second called$/);
    expect(log[3]).to.match(/two: b miss 0$/);
  });

  it('that nobody waits for any more is dropped: another takes it at its next question', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process()];
      const leave = ask('one', one, upstream('first', 60_000, 'a'));
      at(1, () => ask('two', two, upstream('second', 10, 'b')));
      at(100, () => leave());
    });
    expect(log[1]).to.equal('100 first left');
    expect(log[2]).to.match(/^1\d\d second called$/);
  });

  it('that was just asked for when the last one left is dropped too', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process({}, { tripMs: 10 }), process()];
      const leave = ask('one', one, upstream('first', 60_000, 'a'));
      at(7, () => leave());
      at(20, () => ask('two', two, upstream('second', 10, 'b')));
    });
    expect(log).to.deep.equal(['20 second called', '30 two: b miss 0']);
  });

  it('is waited for no longer than waitMs: then the source is asked here too, and nothing is kept of that', () => {
    const log = virtualCache(({ process, ask, upstream, at }) => {
      const [one, two] = [process(), process({ waitMs: 1_000 })];
      ask('one', one, upstream('first', 5_000, 'a'), { ttlMs: 60_000 });
      ask('two', two, upstream('second', 10, 'b'), { ttlMs: 60_000 });
      at(2_000, () => ask('two', two, upstream('third', 4_000, 'c'), { ttlMs: 60_000 })());
      at(9_000, () => ask('two', two, upstream('fourth', 10, 'd'), { ttlMs: 60_000 }));
    });
    expect(log).to.deep.equal([
      '0 first called',
      '1000 second called',
      '1010 two: b miss 0',
      '5000 one: a miss 0',
      '9000 two: a hit 4000',
    ]);
  });

  it('of a source that takes many processes is one at a time, first come first', () => {
    const log = virtualCache(({ process, ask, upstream }) => {
      for (let i = 0; i < 8; i += 1) ask(`p${i}`, process(), upstream(`call ${i}`, 300, 'a'), { ttlMs: 5_000 });
    });
    expect(log.filter((line) => line.endsWith('called'))).to.deep.equal(['0 call 0 called']);
    expect(log.length).to.equal(9);
  });
});
