import { Writable } from 'node:stream';
import { expect } from 'chai';
import { from, lastValueFrom, map, Subject, toArray } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { toNdjson } from '../../src/sinks/toNdjson.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { eventually } from '../support/eventually.ts';

/** Keeps its writes; each is answered by the test. */
class HeldStream extends Writable {
  readonly writes: string[] = [];
  readonly answers: ((error?: Error) => void)[] = [];

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.writes.push(chunk.toString());
    this.answers.push(done);
  }
}

describe('toNdjson, to a stream', () => {
  let source: TestSource;
  let stream: HeldStream;
  let out: string[];
  let input: Subject<Delivery<string>>;
  beforeEach(() => {
    source = new TestSource();
    stream = new HeldStream();
    out = [];
    input = new Subject();
  });
  const run = () =>
    input.pipe(toNdjson(stream)).subscribe({ next: ({ data }) => out.push(data), complete: () => out.push('|') });
  const give = (...letters: string[]) => {
    for (const letter of letters) input.next(source.deliver(letter));
  };

  it('writes once at a time, gathers what comes meanwhile, and completes after the last without ending the stream', async () => {
    run();
    give('a', 'b', 'c');
    input.complete();
    expect(stream.writes).deep.equal(['"a"\n']);
    stream.answers[0]?.();
    await eventually(() => expect(stream.writes).deep.equal(['"a"\n', '"b"\n"c"\n']));
    expect(out).deep.equal(['a']);
    stream.answers[1]?.();
    await eventually(() => expect(out).deep.equal(['a', 'b', 'c', '|']));
    expect([stream.writableEnded, stream.listenerCount('close')]).deep.equal([false, 0]);
  });

  it('keeps a write to about 64 KiB', async () => {
    run();
    give('a', ...Array.from({ length: 20 }, () => 'x'.repeat(10_000)));
    for (let i = 0; i < 4; i++) {
      await eventually(() => expect(stream.answers).length(i + 1));
      stream.answers[i]?.();
    }
    await eventually(() => expect(out).length(21));
    expect(stream.writes.map(({ length }) => length)).deep.equal([4, 70_021, 70_021, 60_018]);
  });

  it('fails what the stream refuses, and what comes after it was destroyed', async () => {
    run();
    give('a');
    stream.answers[0]?.(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    await eventually(() => expect(source.log).deep.equal(["fail a: can't write to a stream: the disk is full"]));
    give('b');
    await eventually(() => expect(source.log[1]).equal("fail b: can't write to a stream: it was closed"));
    expect(out).deep.equal([]);
  });

  it('fails what comes after the stream has ended', async () => {
    stream.end();
    run();
    give('a');
    await eventually(() => expect(source.log).deep.equal(["fail a: can't write to a stream: it has ended"]));
  });

  it('fails what is being written when the stream is destroyed and never answers', async () => {
    run();
    give('a');
    stream.destroy();
    await eventually(() => expect(source.log).deep.equal(["fail a: can't write to a stream: it was closed"]));
  });

  it('releases what it holds when unsubscribed, heeds no answer after that, and hears the error that may follow', async () => {
    const running = run();
    give('a', 'b');
    running.unsubscribe();
    expect(source.log).deep.equal(['release a', 'release b']);
    stream.answers[0]?.(new Error('late'));
    await new Promise((closed) => stream.once('close', closed));
    expect([out, source.log.length]).deep.equal([[], 2]);
  });

  it('listens once to a stream it is given often', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    for (let i = 0; i < 20; i++) {
      await lastValueFrom(
        from(['a']).pipe(
          map((letter) => source.deliver(letter)),
          toNdjson(stream),
          toArray(),
        ),
      );
    }
    expect(stream.listenerCount('error')).equal(1);
  });
});
