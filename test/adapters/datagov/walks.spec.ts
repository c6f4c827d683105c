import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { lastValueFrom, type Observable, toArray } from 'rxjs';
import { cursorOf } from '../../../src/adapters/datagov/cursor.ts';
import {
  type CatalogDataset,
  DatagovShapeError,
  datagov,
  type SearchProgress,
} from '../../../src/adapters/datagov/index.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import { handle } from '../../../src/operators/handle.ts';
import { pipeline } from '../../../src/pipeline/pipeline.ts';
import { DatagovServer, generatedHit, recordedText } from '../../support/datagovServer.ts';
import { eventually } from '../../support/eventually.ts';
import { type Fault, FaultyHttp } from '../../support/faultyHttp.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const all = <T>(source: Observable<T>) => lastValueFrom(source.pipe(toArray()));

describe('walks through Data.gov', () => {
  let server: DatagovServer;
  beforeEach(async () => {
    server = await DatagovServer.start();
  });
  afterEach(() => server.stop());
  const api = (options: object = {}) => datagov({ ...server.direct, backoff: { initialMs: 1 }, ...options });
  const generate = (count: number) => {
    server.docs = Array.from({ length: count }, (_, i) => generatedHit(i));
  };
  const expected = (count: number, from = 0) => Array.from({ length: count - from }, (_, i) => `gen-${i + from}`);
  const slugs = async (query: object) => (await all(api().search(query))).map(({ slug }) => slug);
  const asked = () => server.http.asked.length;

  it('end exactly at the last page, full or not: the cursor is absent there', async () => {
    for (const count of [0, 1, 10, 19, 20, 21]) {
      generate(count);
      expect(await slugs({ pageSize: 10 })).deep.equal(expected(count));
    }
    expect(asked()).equal(1 + 1 + 1 + 2 + 2 + 3);
  });

  for (const sort of ['relevance', 'popularity', 'last_harvested_date'] as const) {
    it(`see each dataset once by ${sort}`, async () => {
      generate(25);
      expect((await slugs({ sort, pageSize: 4 })).sort()).deep.equal(expected(25).sort());
    });
  }

  it('go on at the page that failed', async () => {
    generate(50);
    const faults: Fault[] = [{ kind: 'cut' }, { kind: 'html', status: 500 }, { kind: 'status', status: 429 }];
    const got: string[] = [];
    for await (const { slug } of api().search({ pageSize: 10 })) {
      got.push(slug);
      if (got.length === 11 || got.length === 31) server.http.fail(...faults);
    }
    expect(got).deep.equal(expected(50));
    expect(asked()).equal(5 + 6);
    expect(new Set(server.http.asked.map(({ url }) => url.search)).size).equal(5);
  });

  it('go on behind any dataset, by its cursor: nothing twice, nothing lost', async () => {
    generate(35);
    for (const stop of [1, 7, 10, 11, 34, 35]) {
      const before: CatalogDataset[] = [];
      for await (const dataset of api().search({ pageSize: 10 })) {
        before.push(dataset);
        if (before.length === stop) break;
      }
      // A new process: nothing but the cursor is left of the old one.
      const after = await slugs({ pageSize: 10, after: before.at(-1)?.cursor });
      expect([...before.map(({ slug }) => slug), ...after]).deep.equal(expected(35));
    }
  });

  it('have cursors in the alphabet of addresses, padded', () => {
    // As Python's base64.urlsafe_b64encode has it.
    expect(cursorOf(['>>>???~~~', 1.5])).equal('WyI-Pj4_Pz9-fn4iLDEuNV0=');
  });

  it('tell how far they are', async () => {
    generate(25);
    const progress: SearchProgress[] = [];
    await slugs({ pageSize: 10, onProgress: (at: SearchProgress) => progress.push(at) });
    expect(progress.map(({ done }) => done)).deep.equal([10, 20, 25]);
    expect(progress.map(({ after }) => after === undefined)).deep.equal([false, false, true]);
    expect(await slugs({ pageSize: 10, after: progress[0]?.after })).deep.equal(expected(25, 10));
  });

  it('give out nothing twice when pages drift, within what they remember', async () => {
    const drift = async (query: object) => {
      generate(30);
      const got: string[] = [];
      for await (const { slug } of api().search({ pageSize: 10, ...query })) {
        got.push(slug);
        if (got.length !== 2) continue;
        // The first ones' scores sink: they come again behind the second page.
        server.docs = server.docs.map((doc, i) => (i < 3 ? { ...doc, _score: 1 } : doc));
      }
      return got;
    };
    expect(await drift({})).deep.equal(expected(30));
    expect(await drift({ remember: 5 })).deep.equal([...expected(30), 'gen-2', 'gen-1', 'gen-0']);
  });

  it('fail where a cursor leads nowhere', async () => {
    server.http.fail({ kind: 'text', body: '{"results":[],"sort":"relevance","after":"WzFd"}' });
    await all(api().search()).then(
      () => expect.fail('it went on'),
      (error: unknown) => expect(error).instanceOf(DatagovShapeError),
    );
    const body = recordedText('search.json');
    server.http.fail({ kind: 'text', body }, { kind: 'text', body }, { kind: 'text', body });
    await all(api().search()).then(
      () => expect.fail('it went round'),
      (error: unknown) => expect(error).instanceOf(DatagovShapeError),
    );
    expect(asked()).equal(3);
  });

  for (const round of [2, 3, 7]) {
    it(`fail where cursors go round, ${round} pages a round`, async () => {
      await server.stop();
      let pages = 0;
      const page = () => {
        const at = pages < 4 ? pages : 4 + ((pages - 4) % round);
        pages += 1;
        return { status: 200, json: { results: [generatedHit(at)], after: cursorOf([at]) } };
      };
      const http = await FaultyHttp.start(page);
      const got: string[] = [];
      const error = await new Promise((resolve) =>
        datagov({ via: 'direct', baseUrl: http.url })
          .search()
          .subscribe({ next: ({ slug }) => got.push(slug), error: resolve }),
      );
      await http.stop();
      expect(error).instanceOf(DatagovShapeError).property('message').contain('the pages go round');
      expect(got).deep.equal(expected(4 + round));
      expect(pages).lessThan(40);
    });
  }

  it('abort the page under way when they are left', async () => {
    server.http.fail({ kind: 'silent' });
    const walking = api().search()[Symbol.asyncIterator]();
    const next = walking.next();
    await eventually(() => asked() === 1);
    await walking.return?.();
    expect(await next).deep.equal({ done: true, value: undefined });
    await eventually(() => server.http.left === 1);
  });

  it('ask for pages as credit comes: none without, and at most one ahead', async () => {
    generate(50);
    const held: Delivery<CatalogDataset>[] = [];
    const running = api()
      .search({ pageSize: 10 })
      .deliveries({ credit: 4 })
      .subscribe((delivery) => held.push(delivery));
    await eventually(() => held.length === 4);
    expect(asked()).equal(1);
    for (let given = 5; given < 40; given++) {
      held.shift()?.ack();
      await eventually(() => held.length === 4, { everyMs: 1 });
      for (let i = 0; i < 3; i++) await nextTurn();
      expect(asked()).at.most(Math.ceil((given + 1) / 10) + 1);
    }
    running.unsubscribe();
  });

  it('stream 20,000 datasets through a slow handler: one page ahead at most, memory flat', async function () {
    this.timeout(60_000);
    const COUNT = 20_000;
    const PAGE = 500;
    generate(COUNT);
    let handled = 0;
    let mostAhead = 0;
    let wrong = 0;
    const heap: number[] = [];
    const slow = async ({ slug }: CatalogDataset) => {
      if (handled % 16 === 0) await nextTurn();
      const i = handled++;
      if (slug !== `gen-${i}`) wrong += 1;
      mostAhead = Math.max(mostAhead, asked() - Math.floor(i / PAGE) - 1);
      if (handled % 2_000 === 0) heap.push(liveHeap());
    };
    const source = api().search({ pageSize: PAGE, remember: 2_000 }).deliveries({ credit: 64 });
    const running = pipeline('walk', source, (deliveries) => deliveries.pipe(handle(slow, { concurrency: 1 }))).run();
    await running.done;
    expect(handled).equal(COUNT);
    expect(wrong).equal(0);
    expect(asked()).equal(COUNT / PAGE);
    expect(mostAhead).equal(1);
    const [, second = 0] = heap;
    expect(Math.max(...heap.slice(2)) - second).lessThan(10_000_000);
  });
});

/** What is alive, in bytes, as far as a collection can be had. */
function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
