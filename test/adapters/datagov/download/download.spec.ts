import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { NEVER } from 'rxjs';
import {
  DownloadFormatError,
  type DownloadOptions,
  type DownloadProgress,
  datagov,
  HttpChangedError,
  HttpNetworkError,
  HttpRateLimitError,
  HttpRedirectError,
  HttpStatusError,
  HttpTimeoutError,
  HttpTooLargeError,
  type Row,
} from '../../../../src/adapters/datagov/index.ts';
import type { Delivery } from '../../../../src/core/delivery.ts';
import { handle } from '../../../../src/operators/handle.ts';
import { pipeline } from '../../../../src/pipeline/pipeline.ts';
import { eventually } from '../../../support/eventually.ts';
import type { Fault } from '../../../support/faultyHttp.ts';
import { all, Downloads } from './support.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const LINES = Array.from({ length: 20_000 }, (_, i) => `${i},${'x'.repeat(20)}\n`);
const CSV = `id,x\n${LINES.join('')}`;

describe('downloads', () => {
  let at: Downloads;
  beforeEach(async () => {
    at = await Downloads.start();
  });
  afterEach(() => at.stop());
  const http = () => at.server.http;

  describe('know the format', () => {
    const csv = { body: 'a\n1\n' };
    const json = { body: '[{"a":1}]' };
    it('by option, media type, format, content type, and name, the first that tells', async () => {
      const rows = async (file: string, served: object, fields: object, options: DownloadOptions = {}) => {
        at.server.files.set(file, served);
        const from = at.distribution({ downloadUrl: at.server.file(`${file}?accessType=DOWNLOAD`), ...fields });
        return all(datagov(at.server.direct).download(from, options));
      };
      expect(await rows('x', csv, { mediaType: 'text/csv' })).deep.equal([{ a: '1' }]);
      expect(
        await rows('x', json, { mediaType: 'application/vnd.geo+json', format: 'CSV' }, { at: 'features' }).catch(
          (e) => e.code,
        ),
      ).equal('DOWNLOAD_FORMAT');
      expect(await rows('x', json, { mediaType: 'application/octet-stream', format: 'JSON' })).deep.equal([{ a: 1 }]);
      expect(await rows('x', { ...json, type: 'application/json' }, {})).deep.equal([{ a: 1 }]);
      expect(await rows('x.ndjson', { body: '{"a":1}' }, {})).deep.equal([{ a: 1 }]);
      expect(await rows('x.json', csv, { mediaType: 'application/json' }, { format: 'csv' })).deep.equal([{ a: '1' }]);
    });

    it('and say so when nothing tells', async () => {
      const error = await at.failure('x', csv);
      expect(error).instanceOf(DownloadFormatError).property('message').contain('does not tell its format');
    });

    it('and refuse what has no rows before anything is asked', () => {
      const api = datagov(at.server.direct);
      for (const mediaType of [
        'application/zip',
        'application/vnd.ms-excel',
        'text/html',
        'application/pdf',
        'text/xml',
      ]) {
        expect(() => api.download(at.distribution({ mediaType })), mediaType).throw(DownloadFormatError, mediaType);
      }
      expect(() => api.download(at.distribution({ format: 'KML' }))).throw('say `format`');
      expect(() => api.download(at.distribution({ downloadUrl: undefined, accessUrl: 'https://x.org' }))).throw(
        'from is undefined',
      );
      expect(() => api.download('ftp://x.org/a.csv')).throw("from is 'ftp://x.org/a.csv'");
      expect(() => api.download('nonsense')).throw('from');
    });

    it('and show no secrets of an address', () => {
      const api = datagov(at.server.direct);
      const secret = 'me:hunter2@x.org';
      for (const from of [
        `https://${secret}/a.csv`,
        `ftp://${secret}/a.csv`,
        at.distribution({ downloadUrl: `https://${secret}/a.zip?token=hunter2`, mediaType: 'application/zip' }),
        at.distribution({ downloadUrl: 'https://x.org/a.zip?$$app_token=hunter2', mediaType: 'application/zip' }),
      ]) {
        expect(() => api.download(from))
          .throw(/x\.org/)
          .property('message')
          .not.contain('hunter2');
      }
    });
  });

  it('that are a page, or another kind of file, are an error that says which', async () => {
    const foreign: readonly (readonly [string | Buffer, string])[] = [
      ['\n<!DOCTYPE html><html>sign in</html>', 'HTML, a page to sign in perhaps, in place of csv'],
      ['\ufeff<HTML>', 'HTML'],
      ['<?xml version="1.0"?><rows/>', 'XML'],
      [Buffer.from('PK\x03\x04....'), 'a ZIP, or a spreadsheet'],
      ['%PDF-1.7', 'a PDF'],
      [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'a document of Microsoft Office'],
      [gzipSync('<html></html>'), 'HTML'],
    ];
    for (const [body, said] of foreign) {
      const error = await at.failure('a.csv', { body, type: 'text/csv' });
      expect(error, said).instanceOf(DownloadFormatError).property('message').contain(`answered ${said}`);
      expect(error).property('url', at.server.file('a.csv'));
    }
    // What is called HTML and is none is read: some servers call everything so.
    expect(await at.rows('a.csv', 'a\n1\n', {}, { type: 'text/html' })).deep.equal([{ a: '1' }]);
  });

  it('come compressed or not', async () => {
    for (const encoding of [undefined, 'gzip', 'zstd'] as const) {
      http().encoding = encoding;
      expect((await at.rows('a.csv', CSV)).length).equal(20_000);
    }
  });

  it('skip what an earlier one gave out', async () => {
    const progress: DownloadProgress[] = [];
    const rows = await at.rows('a.csv', CSV, { skip: 19_998, onProgress: (one) => progress.push(one) });
    expect(rows.map(({ id }) => id)).deep.equal(['19998', '19999']);
    expect(progress.length).equal(21);
    expect(progress[0]?.rows).equal(1_000);
    expect(progress.at(-1)).deep.equal({ rows: 20_000, bytes: CSV.length });
  });

  it('tell of rows that are done with: what is skipped by it was given out', async () => {
    const first: unknown[] = [];
    const left = new Error('left');
    const onProgress = () => {
      throw left;
    };
    const source = at.source('a.csv', { body: CSV }, { onProgress });
    const error = await new Promise((resolve) => source.subscribe({ next: (row) => first.push(row), error: resolve }));
    expect(error).equal(left);
    expect(first.length).equal(1_000);
    const [next] = await at.rows('a.csv', CSV, { skip: first.length });
    expect(next?.['id']).equal('1000');
  });

  describe('outlive', () => {
    const same = async (source: AsyncIterable<Row>) => {
      let i = 0;
      for await (const { id } of source) if (Number(id) === i) i += 1;
      expect(i).equal(20_000);
    };
    const cut = (...bytes: number[]) =>
      http().fail(...bytes.map((after): Fault => ({ kind: 'cutAfter', bytes: after })));

    it('cuts, by ranges where the server serves them', async () => {
      cut(100_000, 100_000);
      await same(at.source('a.csv', { body: CSV, etag: '"1"' }));
      expect(http().asked.map(({ headers }) => headers.range)).deep.equal([
        undefined,
        'bytes=100000-',
        'bytes=200000-',
      ]);
    });

    it('cuts where it does not', async () => {
      cut(100_000, 300_000);
      await same(at.source('a.csv', { body: CSV }));
    });

    it('what may be tried again', async () => {
      http().fail({ kind: 'html', status: 503 }, { kind: 'status', status: 429 }, { kind: 'reset' });
      await same(at.source('a.csv', { body: CSV }));
    });
  });

  describe('end with', () => {
    const small: Fault = { kind: 'cutAfter', bytes: 10 };
    const rows: readonly (readonly [string, readonly Fault[], abstract new (...args: never[]) => Error, object])[] = [
      ['HttpStatusError where there is no file', [{ kind: 'html', status: 404 }], HttpStatusError, {}],
      [
        'HttpRateLimitError after a 429 that asks too long',
        [{ kind: 'status', status: 429, headers: { 'retry-after': '3000' } }],
        HttpRateLimitError,
        {},
      ],
      ['HttpNetworkError after cuts without an end', [small, small, small], HttpNetworkError, { attempts: 3 }],
      ['HttpTimeoutError at silence', [{ kind: 'silent' }], HttpTimeoutError, { attempts: 1, responseMs: 50 }],
      ['HttpTimeoutError at a stall', [{ kind: 'stalled' }], HttpTimeoutError, { attempts: 1, idleMs: 50 }],
      ['HttpTimeoutError at slow loris', [{ kind: 'drip' }], HttpTimeoutError, { attempts: 1, totalMs: 100 }],
      [
        'HttpRedirectError in a loop',
        Array.from({ length: 6 }, () => ({ kind: 'redirect', to: '/files/a.csv' }) as const),
        HttpRedirectError,
        {},
      ],
      [
        'HttpTooLargeError at a gzip bomb',
        [{ kind: 'bomb', encoding: 'gzip', bytes: 30_000_000 }],
        HttpTooLargeError,
        {},
      ],
    ];
    for (const [name, faults, kind, options] of rows) {
      it(name, async () => {
        http().fail(...faults);
        expect(
          await at.failure('a.csv', { body: CSV }, { maxBytes: 5_000_000, maxRowBytes: 10_000_000 }, options),
        ).instanceOf(kind);
        expect(http().asked.length).equal(faults.length);
      });
    }

    it('HttpTooLargeError at more than maxBytes, reading no further', async () => {
      http().fail({ kind: 'huge', bytes: 2 * 1024 ** 3 });
      const error = await at.failure('a.csv', {}, { maxBytes: 1_000_000 });
      expect(error).instanceOf(HttpTooLargeError);
      await eventually(() => http().left === 1);
      expect(http().written).lessThan(100_000_000);
    });

    it('HttpChangedError when the file is another one behind a cut', async () => {
      http().fail({ kind: 'cutAfter', bytes: 100_000 });
      const rows = at.source('a.csv', { body: CSV, etag: '"1"' })[Symbol.asyncIterator]();
      await rows.next();
      at.server.files.set('a.csv', { body: CSV.replace('0,', '1,'), etag: '"2"' });
      const error = await (async () => {
        while (!(await rows.next()).done);
      })().catch((thrown: unknown) => thrown);
      expect(error).instanceOf(HttpChangedError);
    });
  });

  /** CSV without an end. */
  function* endless(): Iterable<Buffer> {
    yield Buffer.from('id,x\n');
    for (let i = 0; ; i += 1_000) {
      yield Buffer.from(Array.from({ length: 1_000 }, (_, n) => `${i + n},${'x'.repeat(50)}\n`).join(''));
    }
  }

  it('are read as credit comes', async () => {
    const held: Delivery<Row>[] = [];
    const source = at.source('a.csv', { pieces: endless });
    const running = source.deliveries({ credit: 4 }).subscribe((delivery) => held.push(delivery));
    await eventually(() => held.length === 4);
    const written = http().written;
    for (let i = 0; i < 200; i++) await nextTurn();
    expect(held.length).equal(4);
    // What sockets and streams hold, and no more.
    expect(written).lessThan(20_000_000);
    for (let i = 0; i < 20; i++) held.shift()?.ack();
    await eventually(() => held.length === 4);
    expect(held.map(({ data }) => data['id'])).deep.equal(['4', '5', '6', '7']);
    running.unsubscribe();
    await eventually(() => http().left === 1);
  });

  it('stream 300,000 rows through a slow handler, memory flat', async function () {
    this.timeout(60_000);
    const COUNT = 300_000;
    const heap: number[] = [];
    let handled = 0;
    let wrong = 0;
    const slow = async ({ id }: Row) => {
      if (handled % 64 === 0) await nextTurn();
      if (Number(id) !== handled) wrong += 1;
      handled += 1;
      if (handled % 30_000 === 0) heap.push(liveHeap());
    };
    const source = at.source('a.csv', { pieces: () => pieces(COUNT) }).deliveries({ credit: 64 });
    const running = pipeline('rows', source, (deliveries) => deliveries.pipe(handle(slow, { concurrency: 1 }))).run();
    await running.done;
    expect(handled).equal(COUNT);
    expect(wrong).equal(0);
    const [, second = 0] = heap;
    expect(Math.max(...heap.slice(2)) - second).lessThan(10_000_000);
  });

  function* pieces(count: number): Iterable<Buffer> {
    let rows = -1;
    for (const piece of endless()) {
      yield piece;
      rows += rows < 0 ? 1 : 1_000;
      if (rows >= count) return;
    }
  }

  for (const [name, file] of [
    ['CSV', 'a.csv'],
    ['JSON', 'a.json'],
  ] as const) {
    it(`of endless ${name} abort when they are left, even while a row is awaited`, async () => {
      at.server.http.fail({ kind: 'stalled' });
      const rows = at.source(file, {})[Symbol.asyncIterator]();
      const next = rows.next();
      await eventually(() => http().asked.length === 1);
      await nextTurn();
      await rows.return?.();
      expect(await next).deep.equal({ done: true, value: undefined });
      await eventually(() => http().left === 1);
    });
  }

  it('do not count for the limit of the API', async () => {
    const limit = { take: () => false, ready: () => NEVER };
    const source = at.source('a.csv', { body: 'a\n1\n' }, {}, { limit });
    expect(await all(source)).deep.equal([{ a: '1' }]);
  });

  it('do not begin before they are asked for, and each time anew', async () => {
    const source = at.source('a.csv', { body: 'a\n1\n' });
    expect(http().asked).deep.equal([]);
    expect(await all(source)).deep.equal([{ a: '1' }]);
    expect(await all(source)).deep.equal([{ a: '1' }]);
    expect(http().asked.length).equal(2);
  });

  it('refuse options that make no sense', () => {
    const bad: readonly (readonly [string, object])[] = [
      ['format', { format: 'xlsx' }],
      ['encoding', { encoding: 'nonsense' }],
      ['delimiter', { delimiter: ';;' }],
      ['columns', { columns: ['a', 'a'] }],
      ['at', { at: 'a..b' }],
      ['maxBytes', { maxBytes: 0 }],
      ['maxRowBytes', { maxRowBytes: -1 }],
      ['skip', { skip: 1.5 }],
    ];
    for (const [option, options] of bad) {
      expect(() => at.source('a.csv', {}, options), option)
        .throw(`${option} is `)
        .property('code', 'INVALID_OPTION');
    }
  });
});

/** What is alive, in bytes, as far as a collection can be had. */
function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
