import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import {
  concatAll,
  EMPTY,
  from,
  lastValueFrom,
  map,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { type ToNdjsonOptions, toNdjson } from '../../src/sinks/toNdjson.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { eventually } from '../support/eventually.ts';
import { nodeOf } from '../support/nodeOf.ts';

describe('toNdjson, to a file', () => {
  let directory: string;
  let path: string;
  let source: TestSource;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-'));
    path = join(directory, 'out.ndjson');
    source = new TestSource();
  });
  afterEach(() => rm(directory, { recursive: true }));

  const deliver = <T>(data: readonly T[]) => from(data).pipe(map((value) => source.deliver(value)));
  const write = async <T>(data: readonly T[], options?: ToNdjsonOptions<Delivery<T>>): Promise<T[]> =>
    lastValueFrom(
      deliver(data).pipe(
        toNdjson(path, options),
        map((delivery) => delivery.data),
        toArray(),
      ),
    );
  const written = () => readFile(path, 'utf8');

  it('writes the data as lines of JSON and hands the deliveries on in order, unsettled', async () => {
    expect(await write([{ n: 1 }, 'zwei\n', null, [3.5], 'ü'])).deep.equal([{ n: 1 }, 'zwei\n', null, [3.5], 'ü']);
    expect(await written()).equal('{"n":1}\n"zwei\\n"\nnull\n[3.5]\n"ü"\n');
    expect(source.log).deep.equal([]);
  });

  it('has written a line when it hands its delivery on', async () => {
    const seen: (readonly [data: string, text: string])[] = [];
    await lastValueFrom(
      deliver(['a', 'b']).pipe(
        toNdjson(path),
        map(({ data }) => seen.push([data, readFileSync(path, 'utf8')])),
      ),
    );
    expect(seen.map(([data]) => data)).deep.equal(['a', 'b']);
    for (const [data, text] of seen) expect(text).contain(`"${data}"\n`);
  });

  it('writes many large lines whole and in order', async () => {
    const data = Array.from({ length: 300 }, (_, n) => ({ n, text: 'x'.repeat(n * 20) }));
    expect(await write(data)).deep.equal(data);
    expect(
      (await written())
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).deep.equal(data);
  });

  it('takes a file URL', async () => {
    await lastValueFrom(deliver([1]).pipe(toNdjson(pathToFileURL(path))));
    expect(await written()).equal('1\n');
  });

  it('writes what format makes of a delivery', async () => {
    await write([1, 2], { format: ({ message, data }) => ({ topic: message.topic, data }) });
    expect(await written()).equal('{"topic":"test","data":1}\n{"topic":"test","data":2}\n');
  });

  it('adds to a file that exists', async () => {
    await writeFile(path, '0\n');
    await write([1]);
    expect(await written()).equal('0\n1\n');
  });

  it('leaves half a line that a file ends in by itself', async () => {
    await writeFile(path, '0\n{"ha');
    await write([1]);
    expect(await written()).equal('0\n{"ha\n1\n');
  });

  it("replaces a file that exists, with 'truncate', once", async () => {
    await writeFile(path, '0\n');
    const sink = toNdjson<Delivery<number>>(path, { existing: 'truncate' });
    await lastValueFrom(deliver([1]).pipe(sink));
    await lastValueFrom(deliver([2]).pipe(sink));
    expect(await written()).equal('1\n2\n');
  });

  it("empties the file, with 'truncate', also when nothing comes", async () => {
    await writeFile(path, '0\n');
    await write([], { existing: 'truncate' });
    expect(await written()).equal('');
  });

  it('makes the folder that the file is to be in', async () => {
    path = join(directory, 'by', 'day', 'out.ndjson');
    expect(await write(['a'])).deep.equal(['a']);
    expect(await written()).equal('"a"\n');
  });

  it('opens no file for nothing', async () => {
    await write([]);
    expect(await written().catch(({ code }) => code)).equal('ENOENT');
  });

  it('rejects data that JSON cannot hold, and goes on', async () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(await write<unknown>([1n, 'a', cycle, undefined, () => 1])).deep.equal(['a']);
    const outcomes = source.settlements.map(({ verdict }) => [
      verdict.kind,
      verdict.kind === 'reject' && /BigInt|cycle|undefined|function/.exec(verdict.error.message)?.[0],
    ]);
    expect(outcomes).deep.equal([
      ['reject', 'BigInt'],
      ['reject', 'cycle'],
      ['reject', 'undefined'],
      ['reject', 'function'],
    ]);
    expect(await written()).equal('"a"\n');
  });

  it('fails a delivery whose format throws, and goes on', async () => {
    const format = ({ data }: Delivery<string>) => {
      if (data === 'a') throw new Error('thrown');
      return data;
    };
    expect(await write(['a', 'b'], { format })).deep.equal(['b']);
    expect(source.log).deep.equal(['fail a: thrown']);
  });

  it('fails what it cannot write, says why, and opens the file anew for the next', async () => {
    await writeFile(join(directory, 'later'), 'no folder');
    path = join(directory, 'later', 'out.ndjson');
    const input = new Subject<Delivery<string>>();
    const out: string[] = [];
    const running = input.pipe(toNdjson(path)).subscribe(({ data }) => out.push(data));
    input.next(source.deliver('a'));
    await eventually(() => expect(source.settlements).length(1));
    expect(source.log).deep.equal([`fail a: can't write to '${path}': its directory is a file`]);
    expect(source.settlements[0]?.verdict).nested.include({ 'error.code': 'FILE_WRITE' });
    await rm(join(directory, 'later'));
    await mkdir(join(directory, 'later'));
    input.next(source.deliver('b'));
    await eventually(() => expect(out).deep.equal(['b']));
    expect(await written()).equal('"b"\n');
    running.unsubscribe();
  });

  it('releases what is not written when it is unsubscribed, and closes the file', async () => {
    const input = new Subject<Delivery<string>>();
    const open = openFiles();
    const running = input.pipe(toNdjson(path)).subscribe(() => expect.fail('it was handed on'));
    for (const letter of ['a', 'b', 'c']) input.next(source.deliver(letter));
    running.unsubscribe();
    expect(source.log).deep.equal(['release a', 'release b', 'release c']);
    await eventually(() => expect(openFiles()).equal(open));
  });

  it('releases what is not handed on yet when it is unsubscribed by what it hands on', async () => {
    const handed = deliver(['a', 'b', 'c']).pipe(toNdjson(path), take(1));
    (await lastValueFrom(handed)).ack();
    expect(source.log.toSorted()).deep.equal(['ack a', 'release b', 'release c']);
  });

  it('releases what is not written when the source errors', async () => {
    const failing = deliver(['a']).pipe((letters) => concatError(letters));
    const error = await lastValueFrom(failing.pipe(toNdjson(path))).catch(({ message }) => message);
    expect(error).equal('the source');
    expect(source.log).deep.equal(['release a']);
  });

  it('writes and hands on what was settled before it came, and does not hand on what is settled meanwhile', async () => {
    const [meanwhile, before, after] = [source.deliver('meanwhile'), source.deliver('before'), source.deliver('after')];
    before.ack();
    const input = of(meanwhile, before, after);
    const handed = lastValueFrom(input.pipe(toNdjson(path), toArray()));
    meanwhile.ack();
    expect((await handed).map(({ data }) => data)).deep.equal(['before', 'after']);
    expect(await written()).equal('"meanwhile"\n"before"\n"after"\n');
  });

  it('does not write what others settle while it waits for a write', async () => {
    const input = new Subject<Delivery<string>>();
    const handed = lastValueFrom(input.pipe(toNdjson(path), toArray()));
    const [writing, waiting] = [source.deliver('writing'), source.deliver('waiting')];
    input.next(writing);
    input.next(waiting);
    waiting.ack();
    input.complete();
    expect((await handed).map(({ data }) => data)).deep.equal(['writing']);
    expect(await written()).equal('"writing"\n');
  });

  it('keeps the order when handing on brings the next delivery', async () => {
    const input = new Subject<Delivery<number>>();
    const seen: number[] = [];
    const running = input.pipe(toNdjson(path)).subscribe((delivery) => {
      delivery.ack();
      seen.push(delivery.data);
      if (delivery.data < 200) input.next(source.deliver(delivery.data + 1));
    });
    input.next(source.deliver(1));
    await eventually(() => expect(seen).length(200));
    expect((await written()).trimEnd().split('\n').map(Number)).deep.equal(seen);
    running.unsubscribe();
  });
});

describe('toNdjson', () => {
  it('completes and never ends as its source', async () => {
    expect(await lastValueFrom(EMPTY.pipe(toNdjson('never-opened'), toArray()))).deep.equal([]);
    let ended = false;
    const running = NEVER.pipe(toNdjson('never-opened')).subscribe({ complete: () => (ended = true) });
    expect(ended).equal(false);
    running.unsubscribe();
  });

  it('stands in the graph as a sink', () => {
    const attributes = { path: 'a.ndjson', existing: 'append' };
    expect(nodeOf(toNdjson('a.ndjson'))).deep.equal({ kind: 'sink', name: 'toNdjson', attributes });
    expect(nodeOf(toNdjson(process.stdout))).deep.equal({ kind: 'sink', name: 'toNdjson', attributes: {} });
  });

  it('refuses what it cannot use', () => {
    expect(() => toNdjson('')).throw(InvalidOptionError, 'target');
    expect(() => toNdjson({} as never)).throw(InvalidOptionError, 'target');
    expect(() => toNdjson(new URL('http://localhost/a'))).throw(InvalidOptionError, 'target');
    expect(() => toNdjson('a', { format: 'json' as never })).throw(InvalidOptionError, "format is 'json'");
    expect(() => toNdjson('a', { existing: 'keep' as never })).throw(InvalidOptionError, "existing is 'keep'");
  });
});

const concatError = <T>(source: Observable<T>) =>
  from([source, throwError(() => new Error('the source'))]).pipe(concatAll());

// Linux and macOS list a process's open files there.
const openFiles = () => readdirSync('/dev/fd').length;
