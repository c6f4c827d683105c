import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { connect, handle, PermanentError } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis } from '../support/redisServer.ts';

const AOF = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** What a group has done with ten messages: four handled, two dead-lettered, two to be retried, two in hand for good. */
async function work(url: string): Promise<void> {
  const bus = await connect({ store: url, consume: { leaseMs: 1_000 } });
  // What it tells once its store is gone is of no interest.
  bus.notices.subscribe();
  await bus.publishMany(Array.from({ length: 10 }, (_, data) => ({ topic: 'jobs.x', data })));
  bus
    .from('jobs.*', { group: 'jobs', backoff: { initialMs: 60_000, jitter: 0 }, drainMs: 0 })
    .pipe(
      handle(
        (data) => {
          const number = data as number;
          if (number < 4) return undefined;
          if (number < 6) throw new PermanentError('no good');
          if (number < 8) throw new Error('later');
          return new Promise(() => undefined);
        },
        { concurrency: 10 },
      ),
    )
    .subscribe({ next: (delivery) => delivery.ack(), error: () => undefined });
  await eventually(async () => {
    const { deadLetters, groups } = await bus.stats();
    expect([deadLetters, groups[0]?.pending, groups[0]?.retrying]).to.deep.equal([2, 4, 2]);
  });
  // As a crash leaves it: nothing is given back.
  const { store } = bus;
  store.close().subscribe();
  await bus.close({ deadlineMs: 0 });
}

/** The restored server goes on where the copy was made. */
async function expectRestored(url: string): Promise<void> {
  await using bus = await connect({ store: url, consume: { leaseMs: 1_000 } });
  const { deadLetters, groups } = await bus.stats();
  expect([deadLetters, groups[0]?.pending, groups[0]?.retrying, groups[0]?.lag]).to.deep.equal([2, 4, 2, 0]);
  const got: string[] = [];
  bus.from('jobs.*', { group: 'jobs' }).subscribe((delivery) => {
    got.push(`${delivery.data} attempt ${delivery.attempt}`);
    delivery.ack();
  });
  await bus.publish('jobs.x', 'new');
  await eventually(() => expect(got.toSorted()).to.deep.equal(['8 attempt 2', '9 attempt 2', 'new attempt 1']));
  expect((await bus.stats()).groups[0]?.retrying).to.equal(2);
}

describe('a backup', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-backup-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('by BGSAVE restores streams, pending entries, retries and dead letters', async () => {
    const [source, copy] = [mkdtempSync(join(folder, 'source-')), mkdtempSync(join(folder, 'copy-'))];
    {
      await using server = await startRedis({ args: ['--dir', source] });
      await work(server.url);
      const admin = new Redis(server.port, '127.0.0.1');
      const before = await admin.lastsave();
      await admin.bgsave();
      await eventually(async () => expect(await admin.info('persistence')).to.contain('rdb_bgsave_in_progress:0'));
      expect(await admin.lastsave()).to.be.at.least(before);
      admin.disconnect();
      cpSync(join(source, 'dump.rdb'), join(copy, 'dump.rdb'));
      await server.kill();
    }
    await using restored = await startRedis({ args: ['--dir', copy] });
    await expectRestored(restored.url);
  });

  it('of the append-only file restores them too, up to the last write', async () => {
    const [source, copy] = [mkdtempSync(join(folder, 'source-')), mkdtempSync(join(folder, 'copy-'))];
    {
      await using server = await startRedis({ args: [...AOF, '--dir', source] });
      await work(server.url);
      cpSync(join(source, 'appendonlydir'), join(copy, 'appendonlydir'), { recursive: true });
      await server.kill();
    }
    await using restored = await startRedis({ args: [...AOF, '--dir', copy] });
    await expectRestored(restored.url);
  });
});
