import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { DownloadFormatError } from '../../../../src/adapters/datagov/index.ts';
import { Downloads } from './support.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('downloads of JSON', () => {
  let at: Downloads;
  beforeEach(async () => {
    at = await Downloads.start();
  });
  afterEach(() => at.stop());
  const json = (value: unknown, options: object = {}) => at.rows('a.json', JSON.stringify(value), options);

  it('are the elements of an array', async () => {
    expect(await json([{ a: 1 }, { b: [1, { c: null }] }])).deep.equal([{ a: 1 }, { b: [1, { c: null }] }]);
    expect(await json([1, [2], null])).deep.equal([{ value: 1 }, { value: [2] }, { value: null }]);
    expect(await json([])).deep.equal([]);
  });

  it('are the features of GeoJSON', async () => {
    const feature = { type: 'Feature', geometry: { type: 'Point', coordinates: [1, 2] }, properties: { n: 1 } };
    const collection = { type: 'FeatureCollection', features: [feature, feature], data: [1] };
    expect(await at.rows('a.geojson', JSON.stringify(collection))).deep.equal([feature, feature]);
    expect(await json({ ...collection, data: 0 })).deep.equal([feature, feature]);
    expect(await json({ type: 'FeatureCollection', features: [] })).deep.equal([]);
  });

  it('of Socrata have the names of their columns', async () => {
    const meta = { view: { columns: [{ fieldName: ':id', name: 'id' }, { name: 'Area' }] } };
    expect(await json({ meta, data: [['r1', 5], ['r2', null], ['r3']] })).deep.equal([
      { ':id': 'r1', Area: 5 },
      { ':id': 'r2', Area: null },
      { value: ['r3'] },
    ]);
  });

  it('are the array at a path', async () => {
    const document = { success: true, result: { records: [{ a: 1 }], fields: [{ id: 'a' }] }, data: [{ no: 1 }] };
    expect(await json(document, { at: 'result.records' })).deep.equal([{ a: 1 }]);
    expect(await json(document)).deep.equal([{ no: 1 }]);
    expect(await json({ result: { records: [] } }, { at: 'result.records' })).deep.equal([]);
  });

  it('keep numbers that a double cannot hold as their text', async () => {
    expect(await at.rows('a.json', '[{"n":12345678901234567890,"x":0.1,"y":1.0e5}]')).deep.equal([
      { n: '12345678901234567890', x: 0.1, y: 1e5 },
    ]);
  });

  it('without rows are an error that says what there is', async () => {
    for (const [value, options, said] of [
      [{ a: 1, b: {} }, {}, 'has no array of rows, only a, b: say where it is with `at`'],
      [{ data: { x: [1] } }, {}, 'only data'],
      [5, {}, 'has no array of rows, nothing'],
      [{ a: [1] }, { at: 'b' }, 'has no array at b'],
      [{ a: { x: 1 } }, { at: 'a' }, 'has no array at a'],
      [{ data: [1], items: [2] }, {}, 'there are rows at data and at items'],
    ] as const) {
      const error = await at.failure('a.json', { body: JSON.stringify(value) }, options);
      expect(error).instanceOf(DownloadFormatError).property('code', 'DOWNLOAD_FORMAT');
      expect(error.message).contain(said);
    }
  });

  it('that is broken, or ends too early, is an error behind the rows before', async () => {
    for (const body of ['[{"a":1},{"a":}]', '[{"a":1},{"a"', '[{"a":1}] x', '[{"a":1}][{"a":2}]']) {
      const rows: unknown[] = [];
      const source = at.source('a.json', { body });
      const error = await new Promise((resolve) => source.subscribe({ next: (row) => rows.push(row), error: resolve }));
      expect(error, body).instanceOf(DownloadFormatError);
      expect((error as Error).message).contain("can't be read as JSON");
    }
  });

  it('end with an error at what is larger than maxRowBytes, in a row or beside', async () => {
    const long = 'x'.repeat(300_000);
    const options = { maxRowBytes: 100_000 };
    for (const value of [[{ a: 1 }, { long }], { other: { deep: [long] }, data: [1] }]) {
      const error = await at.failure('a.json', { body: JSON.stringify(value) }, options);
      expect(error.message).contain('of more than maxRowBytes (100000)');
    }
  });

  it('end with an error where they are nested without an end, before memory does', async () => {
    function* pieces() {
      for (let i = 0; i < 80; i++) yield Buffer.alloc(65_536, '[');
    }
    for (const [file, options] of [
      [{ pieces }, {}],
      [{ body: `{"data":[1,${'{"a":'.repeat(1_100)}` }, { at: 'data' }],
    ] as const) {
      const error = await at.failure('a.json', file, options);
      expect(error).instanceOf(DownloadFormatError).property('message').contain('nested deeper than 1000 levels');
    }
    const deep = [...Array(900)].reduce<unknown>((inner) => ({ inner }), 1);
    expect(await json([deep, deep])).deep.equal([deep, deep]);
  });

  it('are what was written, however it comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 10 }), async (rows) => {
        const clean = JSON.parse(JSON.stringify(rows, (key, value) => (key === '__proto__' ? undefined : value)));
        const body = Buffer.from(JSON.stringify({ data: clean }));
        const pieces = () =>
          Array.from({ length: Math.ceil(body.length / 7) }, (_, i) => body.subarray(i * 7, i * 7 + 7));
        const read: unknown[] = [];
        for await (const row of at.source('a.json', { pieces })) read.push(row);
        expect(read).deep.equal(clean);
      }),
      { numRuns: 30 },
    );
  });

  for (const [name, before, after] of [
    ['a document', '[', ']'],
    ['an array within one', '{"meta":{},"features":[', '],"crs":{}}'],
  ] as const) {
    it(`of ${name} stream in flat memory`, async function () {
      this.timeout(60_000);
      const COUNT = 200_000;
      function* pieces(): Iterable<Buffer> {
        yield Buffer.from(before);
        for (let i = 0; i < COUNT; i += 1_000) {
          const rows = Array.from({ length: 1_000 }, (_, n) => `{"id":${i + n},"text":"${'x'.repeat(60)}"}`);
          yield Buffer.from(`${i === 0 ? '' : ','}${rows.join(',')}`);
        }
        yield Buffer.from(after);
      }
      const heap: number[] = [];
      let count = 0;
      for await (const { id } of at.source('a.json', { pieces })) {
        if (id === count) count += 1;
        if (count % 20_000 === 0) heap.push(liveHeap());
      }
      expect(count).equal(COUNT);
      const [, second = 0] = heap;
      expect(Math.max(...heap.slice(2)) - second).lessThan(10_000_000);
    });
  }

  describe('a line', () => {
    it('are objects, one a line', async () => {
      expect(await at.rows('a.ndjson', '\ufeff{"a":1}\r\n\n{"a":12345678901234567890}')).deep.equal([
        { a: 1 },
        { a: '12345678901234567890' },
      ]);
    });

    it('may be a text sequence', async () => {
      const body = '\x1e{"a":1}\n\x1e{"a":"\x1e"}\n\x1e{"a":"\\u001e"}\n';
      const rows = await at.rows('a', body, {}, { type: 'application/geo+json-seq' });
      expect(rows).deep.equal([{ a: 1 }, { a: '\x1e' }]);
      expect(at.bad.map(({ row }) => row)).deep.equal([2]);
    });

    it('report lines that are none, and give out the others', async () => {
      const body = `{"a":1}\nnonsense\n[1]\n{"b":"${'x'.repeat(200)}"}\n{"a":2}\n`;
      expect(await at.rows('a.jsonl', body, { maxRowBytes: 100 })).deep.equal([{ a: 1 }, { a: 2 }]);
      expect(at.bad.map(({ row, line }) => [row, line])).deep.equal([
        [2, 2],
        [3, 3],
        [4, 4],
      ]);
      expect(at.bad.map(({ message }) => message.slice(0, 18))).deep.equal([
        'line 2 is no JSON:',
        'line 3 is no objec',
        'line 4 has more th',
      ]);
    });
  });

  it('in a gzip file are unpacked, no further than maxBytes', async () => {
    expect(await at.rows('a.json.gz', gzipSync('[{"a":1}]'))).deep.equal([{ a: 1 }]);
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
    const error = await at.failure('a.json.gz', { body: bomb }, { maxBytes: 1_000_000 });
    expect(error).instanceOf(DownloadFormatError).property('message').contain('unpacks to more than maxBytes');
    // What is known needs no more of the answer: this one never ends, and would be waited for.
    const some = bomb.subarray(0, -9);
    const pieces = () => [some, Buffer.alloc(0)];
    at.server.http.stall = true;
    const stalled = await at.failure('a.json.gz', { pieces }, { maxBytes: 1_000_000 });
    expect(stalled).instanceOf(DownloadFormatError);
    const broken = gzipSync('[{"a":1}]').fill(0, 12);
    expect((await at.failure('a.json.gz', { body: broken })).message).contain('is broken gzip');
  });
});

/** What is alive, in bytes, as far as a collection can be had. */
function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
