import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connect } from '../../src/index.ts';
import { DbnomicsServer, generatedDoc } from '../support/dbnomicsServer.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { TestProcess } from '../support/testProcess.ts';

interface Published {
  readonly id: string;
  readonly period: string;
  readonly value: number | null;
}

describe('a process that reads DBnomics and is killed', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let server: DbnomicsServer;
  let folder: string;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());
  beforeEach(async () => {
    server = await DbnomicsServer.start();
    folder = await mkdtemp(join(tmpdir(), 'dbnomics-'));
  });
  afterEach(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  /** What was published to a topic, in order, once there is as much as that. */
  async function published(topic: string, count: number): Promise<readonly string[]> {
    await using bus = await connect({ store: redis.url });
    const found: string[] = [];
    const show = ({ id, period, value }: Published) => `${id.split('/')[2]} ${period}=${value}`;
    const view = bus
      .subscribe(topic, { from: 'earliest' })
      .subscribe(({ data }) => found.push(show(data as Published)));
    await eventually(() => found.length >= count);
    // Whatever else is there comes before this.
    await bus.publish(topic, { id: 'x/x/END', period: 'x', value: 0 });
    await eventually(() => found.at(-1)?.startsWith('END') === true);
    view.unsubscribe();
    return found.slice(0, -1);
  }

  it('in the middle of a walk: the next one goes on at its page, and no observation is lost or there twice', async () => {
    interface Said {
      readonly offset: number;
      readonly handled: number;
      readonly duplicates: number;
    }
    server.generated = 130;
    const place = join(folder, 'place');
    const said: Said[] = [];
    // 33 of pages of 20: killed in the second. 27 more: in the third. And so on.
    for (const count of [33, 27, 41, Infinity]) {
      const args = [redis.url, server.options.baseUrl, place, String(count)];
      await using walker = new TestProcess<Said>('dbnomicsWalker', args);
      said.push(await walker.heard());
      if (count === Infinity) await walker.end();
      else walker.signal('SIGKILL');
    }
    expect(said).deep.equal([
      { offset: 0, handled: 33, duplicates: 0 },
      { offset: 20, handled: 27, duplicates: 26 },
      { offset: 40, handled: 41, duplicates: 14 },
      { offset: 80, handled: 50, duplicates: 2 },
    ]);
    const all = Array.from({ length: 130 }, (_, i) => [`S${i} 2024=${i}`, `S${i} 2025=${i + 0.5}`]).flat();
    expect(await published('gen.walked', all.length)).deep.equal(all);
  });

  it('in the middle of a watch: what was not settled comes again, and no value is lost or there twice', async () => {
    type Said = Partial<Published> & { readonly duplicate?: boolean; readonly handled?: number };
    server.docs = [generatedDoc(1), generatedDoc(2)];
    const start = (count: number) =>
      new TestProcess<Said>('dbnomicsWatcher', [redis.url, server.options.baseUrl, folder, String(count)]);
    const change = (i: number, fields: object, indexed_at: string) => {
      server.docs = server.docs.map((doc, at) => (at === i ? { ...doc, ...fields, indexed_at } : doc));
    };
    const duplicates = ({ messages }: TestProcess<Said>) => messages.filter(({ duplicate }) => duplicate).length;

    {
      // The second change is published, and its process killed before it is settled.
      await using first = start(2);
      await first.heard(({ handled }) => handled === 2);
      first.signal('SIGKILL');
      expect(duplicates(first)).equal(0);
    }
    change(0, { period: ['2024', '2025', '2026'], period_start_day: undefined, value: [1, 9, 'NA'] }, '2026-10-02');
    {
      // It comes again, along with what has changed meanwhile; this one is killed with the second of these out.
      await using second = start(2);
      await second.heard(({ handled }) => handled === 2);
      second.signal('SIGKILL');
      expect(duplicates(second)).equal(2);
    }
    change(1, { value: [2, 7] }, '2026-10-03');
    {
      await using third = start(Infinity);
      await third.heard(({ value }) => value === 7);
      change(0, { period: ['2024', '2025'], value: [1, 9.5] }, '2026-10-04');
      await third.heard(({ value }) => value === 9.5);
      // Of what was out, one value is as it was.
      expect(duplicates(third)).equal(1);
    }
    expect((await published('gen.watched', 8)).toSorted()).deep.equal([
      'S1 2024=1',
      'S1 2025=1.5',
      'S1 2025=9',
      'S1 2025=9.5',
      'S1 2026=null',
      'S2 2024=2',
      'S2 2025=2.5',
      'S2 2025=7',
    ]);
  });
});
