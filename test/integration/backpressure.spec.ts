import { expect } from 'chai';
import type { PerPriority } from '../../src/index.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { TestProcess } from '../support/testProcess.ts';

/** What the process `hoarder` tells. */
interface Report {
  readonly held: PerPriority<number>;
  /** What had arrived once one delivery was settled. */
  readonly afterOne: PerPriority<number>;
  readonly pending: number;
  readonly waiting: number;
  readonly appendedMs: number;
  /** The heap and what it holds outside, since before the subscription. */
  readonly grownMb: number;
}

const CREDIT = { critical: 10, high: 20, normal: 256, low: 50 };
const TOTAL = 336;
const MOST_MB = 50;

describe('backpressure: a million messages wait, and a handler never finishes', () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server.stop());

  for (const store of ['memory', 'redis']) {
    it(`holds exactly its credit, on ${store}`, async function () {
      this.timeout(60_000);
      const url = store === 'memory' ? 'memory' : server.url;
      await using hoarder = new TestProcess<Report>('hoarder', [url], ['--expose-gc']);
      const report = await hoarder.heard(undefined, 50_000);
      await hoarder.end();
      const { held, afterOne, pending, waiting, appendedMs, grownMb } = report;

      expect(held).to.deep.equal(CREDIT);
      expect(afterOne, 'one settled, one more came').to.deep.equal({ ...CREDIT, critical: CREDIT.critical + 1 });
      expect(pending).to.equal(TOTAL);
      expect(waiting).to.equal(1_000_000 - TOTAL - 1);
      expect(grownMb).to.be.below(MOST_MB);
      const seconds = (appendedMs / 1_000).toFixed(1);
      (this.test as Mocha.Test).title +=
        `: the heap grew by ${grownMb.toFixed(1)} MB; a million were appended in ${seconds} s`;
    });
  }
});
