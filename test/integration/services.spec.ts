import { expect } from 'chai';
import { type Bus, connect } from '../../src/index.ts';
import {
  type DbnomicsEndpoints,
  dbnomicsService,
  type ServiceMetrics,
  serviceClient,
} from '../../src/services/index.ts';
import { DbnomicsServer } from '../support/dbnomicsServer.ts';
import { eventually } from '../support/eventually.ts';
import { onEachStore } from '../support/onEachStore.ts';
import { docsFor, Questions } from '../support/questions.ts';
import { redisFixture } from '../support/redisFixture.ts';
import { TestProcess } from '../support/testProcess.ts';

interface Told {
  readonly ready?: true;
  readonly metrics?: ServiceMetrics;
}

const FETCH = 'dbnomics.series.fetch';
const REQUESTS = 1_000;
const DEADLINE_MS = 60_000;
/** Too little for all of them. */
const DEADLINE_TIGHT_MS = 1_000;

/** Nothing of the service is left, of which an answer could come yet. */
async function nothingLeft(bus: Bus): Promise<void> {
  await eventually(async () => {
    const { groups, deadLetters } = await bus.stats();
    expect(groups.find(({ name }) => name === 'service-dbnomics')).include({ pending: 0, lag: 0 });
    expect(deadLetters).equal(0);
  });
}

describe('1,000 requests to a service of two instances', () => {
  let server: DbnomicsServer;
  before(async () => {
    server = await DbnomicsServer.start();
    server.docs = docsFor(REQUESTS);
  });
  after(() => server.stop());

  describe('of which one is killed', () => {
    const redis = redisFixture();

    async function instance(name: string, keeps = ''): Promise<TestProcess<Told>> {
      const args = [redis.server.url, name, server.options.baseUrl, '40', '1000', keeps];
      const process = new TestProcess<Told>('answerer', args);
      await process.heard(({ ready }) => ready === true);
      return process;
    }

    it('are all answered: each with what was asked, and once', async function () {
      this.timeout(120_000);
      server.http.slowMs = 100;
      const [victim, heir] = await Promise.all([instance('victim'), instance('heir')]);
      await using _one = victim;
      await using _other = heir;
      await using bus = await connect(redis.server.url);
      const questions = new Questions(bus, DEADLINE_MS);
      const began = performance.now();
      await questions.ask(REQUESTS);
      await eventually(() => questions.ends.size > REQUESTS / 4, { withinMs: 60_000 });
      victim.signal('SIGKILL');
      const atKill = questions.ends.size;
      await eventually(() => questions.ends.size === REQUESTS, { withinMs: DEADLINE_MS });
      const tookMs = performance.now() - began;
      await nothingLeft(bus);
      expect(atKill).below(REQUESTS);
      expect(questions.count('right')).equal(REQUESTS);
      heir.send('metrics');
      const { metrics } = await heir.heard(({ metrics }) => metrics !== undefined);
      console.log(
        `      ${REQUESTS} requests in ${Math.round(tookMs)} ms; ${atKill} were answered when one of two was killed; ` +
          `the other answered ${metrics?.endpoints[FETCH]?.answered}; ${server.http.asked.length} calls upstream`,
      );
    });

    it('are whole where they are answered in pages, some begun by one and ended by the other', async function () {
      this.timeout(120_000);
      const [count, series] = [150, 400];
      server.http.slowMs = 20;
      server.generated = series;
      const [victim, heir] = await Promise.all([instance('victim', 'uncached'), instance('heir', 'uncached')]);
      await using _one = victim;
      await using _other = heir;
      await using bus = await connect(redis.server.url);
      const client = serviceClient<DbnomicsEndpoints>(bus);
      let [pages, done] = [0, 0];
      const ask = async (offset: number) => {
        const params = { provider: 'GEN', dataset: 'big', observations: false, pageSize: 50, offset };
        const codes: string[] = [];
        await client.request$(FETCH, params, { timeoutMs: DEADLINE_MS }).forEach((reply) => {
          if (reply.kind !== 'page') return;
          pages += 1;
          for (const { seriesCode } of reply.items) codes.push(seriesCode);
        });
        done += 1;
        return codes;
      };
      const answers = Promise.all(Array.from({ length: count }, (_, offset) => ask(offset)));
      await eventually(() => pages > count, { withinMs: 60_000, everyMs: 1 });
      victim.signal('SIGKILL');
      expect(done, 'some were under way').below(count);
      for (const [offset, codes] of (await answers).entries()) {
        expect(codes).deep.equal(Array.from({ length: series - offset }, (_, i) => `S${offset + i}`));
      }
      await nothingLeft(bus);
    });
  });

  onEachStore((world) => {
    const instance = async () => {
      const bus = await world.connect({ consume: { leaseMs: 1_000 } });
      const api = server.options;
      return { bus, running: dbnomicsService(bus, { api, concurrency: 40, notify: () => undefined }) };
    };

    it('are all answered when one leaves in the middle, with what it had in hand', async function () {
      this.timeout(60_000);
      server.http.slowMs = 20;
      const [leaving, staying] = [await instance(), await instance()];
      const questions = new Questions(await world.connect(), DEADLINE_MS);
      await questions.ask(REQUESTS);
      await eventually(() => questions.ends.size > REQUESTS / 4, { withinMs: 30_000 });
      await leaving.bus.close({ deadlineMs: 0 });
      await eventually(() => questions.ends.size === REQUESTS, { withinMs: 50_000 });
      await nothingLeft(staying.bus);
      expect(questions.count('right')).equal(REQUESTS);
      await staying.running.stop();
    });

    it('are answered or fail by their deadline, and none is run after it, when there are too many', async function () {
      this.timeout(60_000);
      server.http.slowMs = 300;
      server.http.asked.length = 0;
      const [one, other] = [await instance(), await instance()];
      const questions = new Questions(await world.connect(), DEADLINE_TIGHT_MS);
      await questions.ask(REQUESTS);
      await eventually(() => questions.ends.size === REQUESTS, { withinMs: 20_000 });
      await nothingLeft(one.bus);
      const [right, late] = [questions.count('right'), questions.count('late')];
      expect({ ends: right + late, some: right > 0 && late > 0 }).deep.equal({ ends: REQUESTS, some: true });
      // Some were still running at their deadline; most had not begun, and were not.
      expect(server.http.asked.length - right).below(late / 2);
      console.log(
        `      ${right} answered, ${late} failed by their deadline of ${DEADLINE_TIGHT_MS} ms; the last was told ${Math.round(questions.lateMs)} ms after its own`,
      );
      await Promise.all([one, other].map(({ running }) => running.stop()));
    });
  });
});
