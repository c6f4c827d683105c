import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { lastValueFrom, tap } from 'rxjs';
import { dbnomics, type Series } from '../../../src/adapters/dbnomics/index.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import { handle } from '../../../src/operators/handle.ts';
import { pipeline } from '../../../src/pipeline/pipeline.ts';
import { DbnomicsServer } from '../../support/dbnomicsServer.ts';
import { eventually } from '../../support/eventually.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const COUNT = 100_000;
const PAGE = 1_000;
const QUERY = { provider: 'GEN', dataset: 'big', observations: true, pageSize: PAGE };

describe('credit of dbnomics', () => {
  let server: DbnomicsServer;
  beforeEach(async () => {
    server = await DbnomicsServer.start();
    server.generated = COUNT;
  });
  afterEach(() => server.stop());

  it('asks for pages: none without, and at most one ahead', async () => {
    const held: Delivery<Series>[] = [];
    const source = dbnomics(server.options).series({ ...QUERY, pageSize: 10 });
    const running = source.deliveries({ credit: 4 }).subscribe((delivery) => held.push(delivery));
    await eventually(() => held.length === 4);
    expect(server.http.asked.length).equal(1);
    // The fifth begins the second half of the page.
    held.shift()?.ack();
    await eventually(() => server.http.asked.length === 2);
    for (let given = 5; given < 40; given++) {
      held.shift()?.ack();
      await eventually(() => held.length === 4, { everyMs: 1 });
      for (let i = 0; i < 3; i++) await nextTurn();
      expect(server.http.asked.length).at.most(Math.ceil((given + 1) / 10) + 1);
    }
    running.unsubscribe();
  });

  it(`streams ${COUNT} series through a slow handler: one page ahead at most, memory flat`, async function () {
    this.timeout(60_000);
    let handled = 0;
    let mostAhead = 0;
    let wrong = 0;
    const heap: number[] = [];
    const slow = async (data: Series) => {
      if (handled % 16 === 0) await nextTurn();
      const i = handled++;
      if (data.seriesCode !== `S${i}` || data.observations[1]?.value !== i + 0.5) wrong += 1;
      mostAhead = Math.max(mostAhead, server.http.asked.length - Math.floor(i / PAGE) - 1);
      // What the test's own server keeps of each request is not the client's memory; 10,000 apart.
      if (handled % 10_000 === 0) heap.push(liveHeap());
    };
    const source = dbnomics(server.options).series(QUERY).deliveries({ credit: 64 });
    const running = pipeline('walk', source, (deliveries) => deliveries.pipe(handle(slow, { concurrency: 1 }))).run();
    await running.done;
    expect(handled).equal(COUNT);
    expect(wrong).equal(0);
    expect(server.http.asked.length).equal(COUNT / PAGE);
    expect(mostAhead).equal(1);
    const [, second = 0] = heap;
    expect(Math.max(...heap.slice(2)) - second).lessThan(20_000_000);
  });

  it('is not there for a plain subscription: it goes as fast as the pages come', async () => {
    let count = 0;
    const source = dbnomics(server.options).series({ ...QUERY, offset: 95_000 });
    await lastValueFrom(source.pipe(tap(() => count++)));
    expect(count).equal(5_000);
    expect(server.http.asked.length).equal(5);
  });
});

/** What is alive, in bytes, as far as a collection can be had. */
function liveHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
