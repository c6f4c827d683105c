import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { type Observable, take } from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { chainOf } from '../../src/internal/graph.ts';
import { type FromNdjsonOptions, fromNdjson } from '../../src/sources/fromNdjson.ts';
import { FileReadError } from '../../src/sources/ndjson/fileReadError.ts';
import { eventually } from '../support/eventually.ts';
import { warningsOf } from '../support/warnings.ts';

/** Acks everything; resolves with the deliveries, rejects with the source's error. */
function played<T>(source: Observable<Delivery<T>>): Promise<Delivery<T>[]> {
  const got: Delivery<T>[] = [];
  return new Promise((resolve, reject) => {
    source.subscribe({
      next: (delivery) => {
        got.push(delivery);
        delivery.ack();
      },
      error: reject,
      complete: () => resolve(got),
    });
  });
}

const dataOf = async (text: string | Buffer, options: FromNdjsonOptions<unknown> = {}) =>
  (await played(fromNdjson(Readable.from([text]), options))).map((delivery) => delivery.data);

describe('fromNdjson', () => {
  let folder: string;
  const file = async (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-ndjson-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('gives out each line of a file, with its place for an id', async () => {
    const path = await file('ticks.ndjson', '{"n":1}\n{"n":2}\n');
    const [first, second] = await played(fromNdjson<{ n: number }>(path, { priority: 'low', key: ({ n }) => `k${n}` }));
    expect(first?.message).to.include({ id: `${path}:1`, topic: 'ticks', priority: 'low', key: 'k1' });
    expect(second?.message).to.include({ id: `${path}:2`, key: 'k2' });
    expect(second?.data).to.deep.equal({ n: 2 });
  });

  it('reads file URLs, .gz and .zst', async () => {
    const path = await file('plain.jsonl', '1\n2');
    const gz = await file('packed.ndjson.gz', gzipSync('3\n4'));
    const zst = await file('packed.ndjson.zst', zstdCompressSync('5\n6'));
    const all = [
      await played(fromNdjson(pathToFileURL(path))),
      await played(fromNdjson(gz)),
      await played(fromNdjson(zst)),
    ];
    expect(all.flat().map(({ data }) => data)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect(all.map(([first]) => first?.message.topic)).to.deep.equal(['plain', 'packed', 'packed']);
  });

  it('passes over empty lines, takes CRLF, a byte order mark and a last line without an end', async () => {
    const rejected: unknown[] = [];
    const onReject = (_: unknown, error: Error) => void rejected.push(error.message);
    expect(await dataOf('\uFEFF"a"\r\n\r\n\n  \n"b"\r\n"c"', { onReject })).to.deep.equal(['a', 'b', 'c']);
    expect(await dataOf('', { onReject })).to.deep.equal([]);
    expect(await dataOf('\n\n', { onReject })).to.deep.equal([]);
    expect(rejected).to.deep.equal([]);
  });

  it('joins lines and characters that chunks cut in two', async () => {
    const text = '{"city":"Köln","mood":"😀"}\n{"city":"東京"}\n';
    const bytes = Buffer.from(text);
    for (const size of [1, 2, 3, 7]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const got = await played(fromNdjson(Readable.from(chunks, { objectMode: true })));
      expect(got.map(({ data }) => data)).to.deep.equal([{ city: 'Köln', mood: '😀' }, { city: '東京' }]);
    }
  });

  it('keeps the digits of integers beyond 2^53', async () => {
    expect(await dataOf('12345678901234567890')).to.deep.equal([12345678901234567890n]);
  });

  it('rejects a bad line with its place, and goes on', async () => {
    const rejected: unknown[] = [];
    const onReject = (data: unknown, error: Error) => void rejected.push([data, error.message]);
    const lines = Buffer.concat([Buffer.from('1\n{"a":\n'), Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from('2\n')]);
    expect(await dataOf(lines, { name: 'odd', onReject })).to.deep.equal([1, 2]);
    expect(rejected).to.have.length(2);
    expect(rejected[0]).to.satisfy(
      ([data, message]: [string, string]) => data === '{"a":' && /^odd:2 is not JSON: /.test(message),
    );
    expect(rejected[1]).to.deep.equal(['"\uFFFD"', 'odd:3 is not UTF-8']);
  });

  it('warns of a bad line without onReject', async () => {
    const [warning] = await warningsOf(1, () => dataOf('1\nx\n', { name: 'odd' }));
    expect(warning?.code).to.equal('SLUICE_REJECTED');
    expect(warning?.message).to.match(
      /^source 'odd' rejected a line: odd:2 is not JSON: .*\(give the source `onReject`/,
    );
  });

  it('errors at a bad line, or passes over it, if told to', async () => {
    expect(await dataOf('1\nx\n2', { onBadLine: 'skip' })).to.deep.equal([1, 2]);
    const got: unknown[] = [];
    const error = await new Promise<Error>((resolve) => {
      fromNdjson(Readable.from(['1\nx\n2']), { onBadLine: 'error', topic: 't' }).subscribe({
        next: (delivery) => {
          got.push(delivery.data);
          delivery.ack();
        },
        error: resolve,
      });
    });
    expect(got).to.deep.equal([1]);
    expect(error.message).to.match(/^ndjson:2 is not JSON/);
  });

  it('bounds the length of a line', async () => {
    const rejected: unknown[] = [];
    const onReject = (data: unknown, error: Error) => void rejected.push(String(data).length, error.message);
    const long = JSON.stringify('x'.repeat(5_000));
    expect(await dataOf(`1\n${long}\n2\n`, { maxLineBytes: 1_000, onReject })).to.deep.equal([1, 2]);
    expect(rejected).to.deep.equal([256, 'ndjson:2 has more than 1000 bytes (raise `maxLineBytes`)']);
  });

  it('says clearly that a file is missing, damaged or cut off', async () => {
    const packed = gzipSync('1\n'.repeat(1_000));
    const failure = async (path: string) => {
      const error = await played(fromNdjson(path)).then(
        () => new Error('it played'),
        (cause: Error) => cause,
      );
      expect(error).to.be.instanceOf(FileReadError);
      return error.message;
    };
    const missing = join(folder, 'missing.ndjson');
    expect(await failure(missing)).to.equal(`can't read '${missing}': there is no such file`);
    expect(await failure(`${missing}.gz`)).to.match(/missing.ndjson.gz': there is no such file$/);
    const cut = await file('cut.gz', packed.subarray(0, packed.length - 10));
    expect(await failure(cut)).to.equal(`can't read '${cut}': its compressed data ends too early`);
    expect(await failure(await file('damaged.gz', 'no gzip at all'))).to.match(/its compressed data is damaged$/);
  });

  it('can be played again from a path, but not from a stream', async () => {
    const source = fromNdjson(await file('twice.ndjson', '1\n2\n'));
    expect(await played(source)).to.have.length(2);
    expect(await played(source)).to.have.length(2);
    const stream = fromNdjson(Readable.from(['1\n']));
    await played(stream);
    const again = await played(stream).catch((cause: Error) => cause.message);
    expect(again).to.equal("can't read 'ndjson': a stream can be read only once; give a path to read again");
  });

  it('reads no more of a stream than there is credit for', async () => {
    let read = 0;
    function* chunks() {
      for (; read < 100; read++) yield `${read}\n`;
    }
    const input = Readable.from(chunks(), { highWaterMark: 1 });
    const out: Delivery[] = [];
    const subscription = fromNdjson(input, { credit: 3 }).subscribe((delivery) => void out.push(delivery));
    await eventually(() => out.length === 3);
    await new Promise(setImmediate);
    expect(read).to.be.at.most(6);
    out[0]?.ack();
    await eventually(() => out.length === 4);
    subscription.unsubscribe();
    expect(input.destroyed).to.equal(true);
  });

  it('destroys a stream that waits for data when unsubscribed', async () => {
    const input = new Readable({ read: () => undefined });
    fromNdjson(input).subscribe().unsubscribe();
    await eventually(() => input.destroyed);
  });

  it('closes its file when unsubscribed synchronously', async () => {
    const path = await file('many.ndjson', '1\n'.repeat(100_000));
    const got: unknown[] = [];
    await new Promise<void>((complete) => {
      fromNdjson(path)
        .pipe(take(2))
        .subscribe({ next: ({ data }) => void got.push(data), complete });
    });
    expect(got).to.deep.equal([1, 1]);
  });

  it('hands a line out again when it is retried, and completes after that', async () => {
    const got: string[] = [];
    await new Promise<void>((complete) => {
      fromNdjson(Readable.from(['"a"\n"b"'])).subscribe({
        next: (delivery) => {
          got.push(`${delivery.data}${delivery.attempt}`);
          if (delivery.attempt === 1) delivery.retry();
          else delivery.ack();
        },
        complete,
      });
    });
    expect(got).to.have.members(['a1', 'b1', 'a2', 'b2']);
  });

  it('shows in the graph', () => {
    expect(chainOf(fromNdjson('a.ndjson'))).to.deep.equal([
      { kind: 'source', name: 'fromNdjson', attributes: { name: 'a.ndjson', credit: 256, speed: Infinity } },
    ]);
  });

  it('refuses what it cannot use, at the call', () => {
    const refuse = (make: () => unknown, message: RegExp) => expect(make).to.throw(InvalidOptionError, message);
    refuse(
      () => fromNdjson('a', { speed: 1 }),
      /^time is undefined: it takes a field or a function when `speed` is finite/,
    );
    refuse(() => fromNdjson('a', { speed: 0 }), /^speed is 0: it takes a number above 0/);
    refuse(() => fromNdjson('a', { onBadLine: 'drop' as 'skip' }), /^onBadLine is 'drop'/);
    refuse(() => fromNdjson('a', { maxLineBytes: 0 }), /^maxLineBytes is 0/);
    refuse(() => fromNdjson('a', { credit: 0.5 }), /^credit is 0.5/);
    refuse(() => fromNdjson(new URL('http://localhost/a')), /^file is .*a path, a file: URL or a readable stream$/);
    refuse(() => fromNdjson(''), /^file is ''/);
  });
});
