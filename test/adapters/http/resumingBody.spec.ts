import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  HttpChangedError,
  HttpClient,
  type HttpClientOptions,
  HttpNetworkError,
  HttpStatusError,
  HttpTimeoutError,
  HttpTooLargeError,
} from '../../../src/adapters/http/index.ts';
import { eventually } from '../../support/eventually.ts';
import { FaultyHttp } from '../../support/faultyHttp.ts';
import { fileAnswer, type ServedFile } from '../../support/fileAnswer.ts';
import { startTracing } from '../../support/tracing.ts';

const BODY = randomBytes(300_000);

describe('a body that is cut', () => {
  let server: FaultyHttp;
  let file: ServedFile;
  beforeEach(async () => {
    file = { body: BODY, etag: '"v1"' };
    server = await FaultyHttp.start((asked) => fileAnswer(file, asked));
  });
  afterEach(() => server.stop());

  const client = (options: Partial<HttpClientOptions> = {}) =>
    new HttpClient({ baseUrl: server.url, backoff: { initialMs: 1 }, attempts: 5, ...options });
  const read = async (options: Partial<HttpClientOptions> = {}, path = '/a') => {
    const pieces: Uint8Array[] = [];
    for await (const piece of client(options).bytes({ path })) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const failed = async (options: Partial<HttpClientOptions> = {}): Promise<Error> => {
    try {
      await read(options);
    } catch (error) {
      return error as Error;
    }
    throw new Error('it succeeded');
  };
  const ranges = () => server.asked.map(({ headers }) => headers.range);
  const cut = (...bytes: number[]) => server.fail(...bytes.map((at) => ({ kind: 'cutAfter', bytes: at }) as const));

  it('is gone on with by Range, if it is the same still', async () => {
    cut(100_000, 50_000, 1);
    expect((await read()).equals(BODY)).equal(true);
    expect(ranges()).deep.equal([undefined, 'bytes=100000-', 'bytes=150000-', 'bytes=150001-']);
    expect(server.asked[1]?.headers['if-range']).equal('"v1"');
    expect(server.asked[1]?.headers['accept-encoding']).not.contain('gzip');
  });

  it('is gone on with by its date, where it has no ETag, and is no younger than a second', async () => {
    const old = 'Wed, 25 Nov 2020 08:00:00 GMT';
    file = { body: BODY, headers: { 'last-modified': old } };
    cut(1_000);
    expect((await read()).equals(BODY)).equal(true);
    expect(server.asked[1]?.headers['if-range']).equal(old);
    for (const headers of [
      { 'last-modified': old, etag: 'W/"weak"' },
      { 'last-modified': 'Wed, 25 Nov 2020 08:00:00 GMT', date: 'Wed, 25 Nov 2020 08:00:00 GMT' },
    ]) {
      file = { body: BODY, headers };
      cut(1_000);
      expect((await read()).equals(BODY)).equal(true);
      expect(server.asked.at(-1)?.headers['if-range']).equal(undefined);
    }
  });

  describe('by a server that does as it likes with ranges', () => {
    /** Answers ranges with at most so many bytes of another body, whatever `If-Range` says. */
    const careless = (other: Buffer, most: number, etag: string) => {
      let first = true;
      return FaultyHttp.start(({ headers }) => {
        if (first) {
          first = false;
          return { status: 200, body: BODY, headers: { etag: '"v1"' } };
        }
        const from = Number(/\d+/.exec(headers.range ?? '')?.[0]);
        const to = Math.min(from + most, other.length);
        const range = `bytes ${from}-${to - 1}/${other.length}`;
        return { status: 206, body: other.subarray(from, to), headers: { etag, 'content-range': range } };
      });
    };
    const readFrom = async (other: Buffer, most: number, etag: string) => {
      await server.stop();
      server = await careless(other, most, etag);
      cut(100_000);
      return read({ attempts: 9 }).catch((error: unknown) => error);
    };

    it('is not gone on with by a part of another', async () => {
      expect(await readFrom(Buffer.alloc(300_000, 'x'), 300_000, '"v2"')).instanceOf(HttpChangedError);
    });

    it('is whole though all but its end had come', async () => {
      await server.stop();
      // In pieces of no told length: only an end that is told ends it.
      server = await FaultyHttp.start(({ headers }) =>
        headers.range === undefined
          ? { status: 200, pieces: [BODY], headers: { etag: '"v1"' } }
          : { status: 416, body: '', headers: { 'content-range': `bytes */${BODY.length}` } },
      );
      cut(BODY.length);
      expect((await read({ attempts: 3 })).equals(BODY)).equal(true);
      expect(ranges()).deep.equal([undefined, `bytes=${BODY.length}-`, undefined]);
    });

    it('is whole though each part is smaller than what was asked for', async () => {
      const whole = await readFrom(BODY, 60_000, '"v1"');
      expect(BODY.equals(whole as Buffer)).equal(true);
      expect(ranges().slice(1)).deep.equal(['bytes=100000-', 'bytes=160000-', 'bytes=220000-', 'bytes=280000-']);
    });
  });

  it('is asked for anew where ranges are not served, and what was given out is left out', async () => {
    file = { body: BODY };
    cut(100_000, 200_000, 50_000);
    expect((await read()).equals(BODY)).equal(true);
    expect(ranges()).deep.equal([undefined, undefined, undefined, undefined]);
  });

  for (const encoding of ['gzip', 'zstd'] as const) {
    it(`is asked for anew where it comes as ${encoding}`, async () => {
      server.encoding = encoding;
      cut(150_000);
      expect((await read()).equals(BODY)).equal(true);
      expect(ranges()).deep.equal([undefined, undefined]);
    });
  }

  it('is whole wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(120_000), { maxLength: 4 }), fc.boolean(), async (cuts, ranged) => {
        file = ranged ? { body: BODY, etag: '"v1"' } : { body: BODY };
        cut(...cuts);
        expect((await read({ attempts: 9, circuit: { failures: 1_000 } })).equals(BODY)).equal(true);
      }),
      { numRuns: 25 },
    );
  });

  it('is not gone on with when the server has another one by now', async () => {
    for (const [etag, other] of [
      ['"v1"', Buffer.from(BODY).fill(0, 0, 10)],
      [undefined, Buffer.from(BODY).fill(0, 0, 10)],
      [undefined, BODY.subarray(0, 50_000)],
    ] as const) {
      file = { body: BODY, ...(etag !== undefined && { etag }) };
      cut(100_000);
      const pieces = client().bytes({ path: '/a' });
      await pieces.next();
      file = { body: other, ...(etag !== undefined && { etag: '"v2"' }) };
      const error = await (async () => {
        for await (const _ of pieces);
      })().catch((thrown: unknown) => thrown);
      expect(error).instanceOf(HttpChangedError).include({ code: 'HTTP_CHANGED', retryable: false });
    }
  });

  it('is given up when nothing new comes any more', async () => {
    cut(1_000, 0, 1);
    expect(await failed({ attempts: 3 })).instanceOf(HttpNetworkError);
    expect(server.asked.length).equal(3);
    server.fail({ kind: 'cutAfter', bytes: 1_000 }, { kind: 'status', status: 404 });
    expect(await failed()).instanceOf(HttpStatusError);
  });

  it('counts for its limit as a whole', async () => {
    cut(100_000, 100_000);
    expect(await failed({ maxBodyBytes: 299_999 })).instanceOf(HttpTooLargeError);
    cut(100_000, 100_000);
    expect((await read({ maxBodyBytes: 300_000 })).length).equal(300_000);
  });

  it('ends when it drips: each MiB has the time of a whole answer', async () => {
    server.fail({ kind: 'drip' }, { kind: 'drip' });
    let pieces = 0;
    const error = await (async () => {
      for await (const _ of client({ totalMs: 100, attempts: 2 }).bytes({ path: '/a' })) pieces += 1;
    })().catch((thrown: unknown) => thrown);
    expect(error).instanceOf(HttpTimeoutError);
    // One each 5 ms: twice 100 ms have room for 40.
    expect(pieces).lessThan(100);
  });

  it('has all attempts again for each new MiB', async () => {
    const body = randomBytes(3_000_000);
    file = { body, etag: '"v1"' };
    cut(1_100_000, 1_100_000);
    expect((await read({ attempts: 2 })).equals(body)).equal(true);
  });

  it('has a span for each connection', async () => {
    const tracing = startTracing();
    cut(1_000);
    await read();
    const spans = tracing.spans.map(({ status, attributes }) => [status.code, attributes['error.type']]);
    await tracing.stop();
    expect(spans).deep.equal([
      [2, 'HTTP_NETWORK'],
      [0, undefined],
    ]);
  });

  it('aborts when it is left, even while it waits', async () => {
    server.fail({ kind: 'stalled' });
    const pieces = client().bytes({ path: '/a' });
    await pieces.next();
    const waiting = pieces.next();
    await pieces.return?.();
    expect(await waiting).deep.equal({ done: true, value: undefined });
    await eventually(() => server.left === 1);
    server.fail({ kind: 'silent' });
    const silent = client().bytes({ path: '/a' });
    const first = silent.next();
    await eventually(() => server.asked.length === 2);
    await silent.return?.();
    expect(await first).deep.equal({ done: true, value: undefined });
    await eventually(() => server.left === 2);
  });

  it('of 2 GiB goes through in little memory', async function () {
    this.timeout(60_000);
    const piece = Buffer.alloc(1_048_576, 'x');
    const count = 2_048;
    file = { pieces: () => Array.from({ length: count }, () => piece) };
    let bytes = 0;
    let most = 0;
    const before = process.memoryUsage.rss();
    let chunks = 0;
    for await (const chunk of client({ maxBodyBytes: 2 ** 31 }).bytes({ path: '/a' })) {
      bytes += chunk.byteLength;
      if (++chunks % 100 === 0) most = Math.max(most, process.memoryUsage.rss() - before);
    }
    expect(bytes).equal(2 ** 31);
    expect(most).lessThan(400_000_000);
  });
});
