import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { firstValueFrom } from 'rxjs';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import type { Durability, StreamStore } from '../../../src/core/store.ts';
import { DurabilityError, StoreUnavailableError } from '../../../src/core/storeErrors.ts';
import { eventually } from '../../support/eventually.ts';
import { bulk, FakeRedis } from '../../support/fakeRedis.ts';
import { type RedisServer, startRedis } from '../../support/redisServer.ts';
import { done, failure, record, STREAM } from './support.ts';

const LANE = `sluice:{${STREAM}}:normal`;
const replicated = (more: Partial<Durability> = {}): Durability => ({
  level: 'replicated',
  replicas: 1,
  timeoutMs: 20_000,
  ...more,
});
const fsync = (more: Partial<Durability> = {}): Durability => ({
  ...replicated(more),
  level: 'fsync',
  replicas: 0,
  ...more,
});

function append(store: StreamStore, durability: Durability, payload = 'x') {
  return store.append(STREAM, [record(payload)], undefined, durability);
}

async function withStore<T>(server: { readonly url: string }, run: (store: StreamStore) => Promise<T>): Promise<T> {
  const store = redisStore({ url: server.url });
  try {
    return await run(store);
  } finally {
    await done(store.close());
  }
}

/** How often a server ran a command. */
async function calls(client: Redis, command: string): Promise<number> {
  const found = new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await client.info('commandstats'));
  return Number(found?.[1] ?? 0);
}

describe('durability replicated', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let onMaster: Redis;
  let onReplica: Redis;
  before(async () => {
    master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
    replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${master.port}`] });
    onMaster = new Redis(master.port, '127.0.0.1');
    onReplica = new Redis(replica.port, '127.0.0.1');
    await eventually(async () => expect(await onMaster.info('replication')).to.contain('state=online'));
  });
  afterEach(() => {
    replica.resume();
  });
  after(async () => {
    onMaster.disconnect();
    onReplica.disconnect();
    await replica.stop();
    await master.stop();
  });

  it('is kept by the replica once it is confirmed', () =>
    withStore(master, async (store) => {
      for (let n = 1; n <= 20; n += 1) {
        const [ref] = await firstValueFrom(append(store, replicated()));
        const [[id]] = (await onReplica.xrevrange(LANE, '+', '-', 'COUNT', 1)) as [[string, string[]]];
        expect(id).to.equal(ref?.id);
      }
    }));

  it('holds for what is scheduled: the replica has what waits', () =>
    withStore(master, async (store) => {
      const { forMs, most } = { forMs: 60_000, most: 10 };
      const later = (id: string) => ({ ...record(id), id, due: { afterMs: 600_000 }, once: { id, forMs, most } });
      for (let n = 1; n <= 20; n += 1) {
        await firstValueFrom(store.schedule(STREAM, [later(`${n}`)], undefined, replicated()));
        expect(await onReplica.zcard(`sluice:{${STREAM}}:delayed`)).to.equal(n);
      }
      replica.pause();
      const error = await failure(store.schedule(STREAM, [later('x')], undefined, replicated({ timeoutMs: 300 })));
      expect(error).to.be.instanceOf(DurabilityError);
    }));

  it('waits while the replica stands still, and is confirmed when it goes on', () =>
    withStore(master, async (store) => {
      await firstValueFrom(append(store, replicated()));
      replica.pause();
      let confirmed = false;
      const appending = firstValueFrom(append(store, replicated(), 'late')).then(() => {
        confirmed = true;
      });
      const before = await calls(onMaster, 'wait');
      await eventually(async () => expect(await calls(onMaster, 'wait')).to.be.above(before + 3));
      expect(confirmed).to.equal(false);
      replica.resume();
      await appending;
      expect(await onReplica.xlen(LANE)).to.equal(await onMaster.xlen(LANE));
    }));

  it('fails with what was confirmed if that takes too long, and says that the message is kept', () =>
    withStore(master, async (store) => {
      await firstValueFrom(append(store, replicated()));
      const length = await onMaster.xlen(LANE);
      replica.pause();
      const error = await failure(append(store, replicated({ timeoutMs: 300 })));
      expect(error).to.be.instanceOf(DurabilityError).and.include({ code: 'DURABILITY', asked: 'replicated' });
      expect(error.message).to.equal(
        `stream 'main.0' asks for durability: 'replicated', and after 300 ms 0 of 1 replicas have confirmed it: the messages are kept and may be delivered, but a failure can still lose them`,
      );
      expect(await onMaster.xlen(LANE)).to.equal(length + 1);
    }));

  it('holds up nothing else of the store: it has a connection of its own', () =>
    withStore(master, async (store) => {
      replica.pause();
      const appending = failure(append(store, replicated({ timeoutMs: 500 })));
      const waiting = async () =>
        String(await onMaster.client('LIST'))
          .split('\n')
          .filter((line) => / cmd=wait /.test(line));
      await eventually(async () => expect(await waiting()).to.have.length(1));
      await firstValueFrom(store.stats(STREAM));
      const others = String(await onMaster.client('LIST'))
        .split('\n')
        .filter((line) => / name=sluice .* cmd=(hgetall|evalsha|eval) /.test(line));
      expect([(await waiting()).length, others.length]).to.deep.equal([1, 1]);
      expect(await appending).to.be.instanceOf(DurabilityError);
    }));

  it('costs an append one WAIT, however many messages it has', () =>
    withStore(master, async (store) => {
      await firstValueFrom(append(store, replicated()));
      const before = await calls(onMaster, 'wait');
      const records = Array.from({ length: 500 }, (_, n) => record(`${n}`));
      await firstValueFrom(store.append(STREAM, records, undefined, replicated()));
      expect((await calls(onMaster, 'wait')) - before).to.equal(1);
    }));

  it('many that wait share what is asked', () =>
    withStore(master, async (store) => {
      await firstValueFrom(append(store, replicated()));
      replica.pause();
      const before = await calls(onMaster, 'wait');
      const errors = await Promise.all(
        Array.from({ length: 50 }, () => failure(append(store, replicated({ timeoutMs: 1_000 })))),
      );
      for (const error of errors) expect(error).to.be.instanceOf(DurabilityError);
      expect((await calls(onMaster, 'wait')) - before).to.be.below(30);
    }));

  it('is not taken for confirmed when another connection repeats an append that was kept', async () => {
    const turn = { sender: 'a-sender', number: 1, behind: false };
    const repeat = (store: StreamStore, timeoutMs: number) =>
      store.append(STREAM, [record('twice')], turn, replicated({ timeoutMs }));
    await withStore(master, async (store) => {
      await firstValueFrom(append(store, replicated()));
      replica.pause();
      expect(await failure(repeat(store, 100))).to.be.instanceOf(DurabilityError);
    });
    const length = await onMaster.xlen(LANE);
    await withStore(master, async (store) => {
      expect(await failure(repeat(store, 100))).to.be.instanceOf(DurabilityError);
      replica.resume();
      await firstValueFrom(repeat(store, 20_000));
    });
    expect([await onMaster.xlen(LANE), await onReplica.xlen(LANE)]).to.deep.equal([length, length]);
  });

  it('waits on a connection that finds no replica, as after a failover, until there is one', () =>
    withStore(master, async (store) => {
      await onReplica.replicaof('NO', 'ONE');
      await eventually(async () => expect(await onMaster.info('replication')).to.not.contain('state=online'));
      const length = await onMaster.xlen(LANE);
      const few = await failure(append(store, replicated({ timeoutMs: 200 })));
      expect(few.message).to.contain('0 replicas online');
      const appending = firstValueFrom(append(store, replicated(), 'late'));
      const asked = await calls(onMaster, 'info');
      await eventually(async () => expect(await calls(onMaster, 'info')).to.be.above(asked + 10));
      expect(await onMaster.xlen(LANE)).to.equal(length);
      await onReplica.replicaof('127.0.0.1', master.port);
      await appending;
      await eventually(async () => expect(await onReplica.xlen(LANE)).to.equal(length + 1));
    }));

  it('is refused where there are too few replicas, with how many there are', () =>
    withStore(master, async (store) => {
      const error = await failure(store.checkDurability(STREAM, replicated({ replicas: 2 })));
      expect(error).to.be.instanceOf(DurabilityError);
      expect(error.message).to.contain('1 replicas online, of the 2 that must confirm; connect more, or ask for fewer');
      await done(store.checkDurability(STREAM, replicated()));
    }));
});

describe('durability fsync, before Redis 7.2', () => {
  const AOF = ['--appendonly', 'yes', '--appendfsync'];

  it('is what appendfsync always does by itself: a server that is killed has what it confirmed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-aof-'));
    try {
      const args = [...AOF, 'always', '--dir', folder];
      const killed = await startRedis({ args });
      await withStore(killed, async (store) => {
        await done(store.checkDurability(STREAM, fsync()));
        for (let n = 0; n < 50; n += 1) await firstValueFrom(append(store, fsync(), `${n}`));
        await killed.kill('SIGKILL');
      });
      await using again = await startRedis({ args });
      const { lanes } = await withStore(again, (store) => firstValueFrom(store.stats(STREAM)));
      expect(lanes.normal.length).to.equal(50);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is refused with another appendfsync, and without an append-only file', async () => {
    await using second = await startRedis({ args: [...AOF, 'everysec'] });
    await using none = await startRedis();
    const slack = await withStore(second, (store) => failure(store.checkDurability(STREAM, fsync())));
    expect(slack.message).to.contain('has appendfsync everysec; set that, or upgrade');
    const missing = await withStore(none, (store) => failure(store.checkDurability(STREAM, fsync())));
    expect(missing.message).to.contain('keeps no append-only file; set appendonly yes');
    const refused = await withStore(second, (store) => failure(append(store, fsync())));
    expect(refused).to.be.instanceOf(DurabilityError);
  });

  it('is refused if the user may not ask for it, with what to allow', async () => {
    await using server = await startRedis({ args: [...AOF, 'always'] });
    const admin = new Redis(server.port, '127.0.0.1');
    await admin.acl(
      'SETUSER',
      'app',
      'on',
      '>secret',
      '~sluice:*',
      '-@all',
      '+info',
      '+select',
      '+client|id',
      '+client|setname',
    );
    admin.disconnect();
    const url = `redis://app:secret@127.0.0.1:${server.port}`;
    const error = await withStore({ url }, (store) => failure(store.checkDurability(STREAM, fsync())));
    expect(error.message).to.contain("allow it '+config|get'");
  });
});

describe('durability fsync, from Redis 7.2', () => {
  /** Answers as a 7.2 with an append-only file does; `aof` is what WAITAOF says, one after another. */
  async function fake(aof: string[], seen: string[][]): Promise<FakeRedis> {
    return FakeRedis.start('7.2.4', (parts) => {
      const [command = '', section = ''] = parts.map((part) => part.toLowerCase());
      if (command === 'client' && section === 'id') return ':7\r\n';
      if (command === 'info' && section === 'persistence') return bulk('# Persistence\r\naof_enabled:1\r\n');
      if (command === 'eval' || command === 'evalsha') return bulk('1-1');
      if (command !== 'waitaof') return undefined;
      seen.push([...parts]);
      return aof.length > 1 ? aof.shift() : aof[0];
    });
  }

  it('asks WAITAOF until the disk has it', async () => {
    const seen: string[][] = [];
    await using server = await fake(['*2\r\n:0\r\n:0\r\n', '*2\r\n:0\r\n:0\r\n', '*2\r\n:1\r\n:0\r\n'], seen);
    const [ref] = await withStore(server, (store) => firstValueFrom(append(store, fsync())));
    expect(ref?.id).to.equal('1-1');
    expect(seen).to.deep.equal(Array.from({ length: 3 }, () => ['WAITAOF', '1', '0', '100']));
  });

  it('leaves in doubt what was kept and not confirmed, whatever the server says to that', async () => {
    const refused = ['-LOADING Redis is loading the dataset in memory\r\n', '-UNBLOCKED force unblock\r\n'];
    for (const answers of refused.flatMap((error) => [[error], ['*2\r\n:0\r\n:0\r\n', error]])) {
      await using server = await fake(answers, []);
      const error = await withStore(server, (store) => failure(append(store, fsync())));
      expect(error).to.be.instanceOf(StoreUnavailableError).and.to.have.property('answered', false);
    }
  });

  it('counts the disks of replicas, and says how many have confirmed', async () => {
    await using server = await FakeRedis.start('7.2.4', (parts) => {
      const [command = '', section = ''] = parts.map((part) => part.toLowerCase());
      if (command === 'client' && section === 'id') return ':7\r\n';
      if (section === 'persistence') return bulk('aof_enabled:1\r\n');
      if (section === 'replication') return bulk('role:master\r\nslave0:ip=a,port=1,state=online,offset=1\r\n');
      if (command === 'eval' || command === 'evalsha') return bulk('1-1');
      return command === 'waitaof' ? '*2\r\n:1\r\n:0\r\n' : undefined;
    });
    const error = await withStore(server, (store) => failure(append(store, fsync({ replicas: 1, timeoutMs: 100 }))));
    expect(error.message).to.contain("1 of 1 disks and 0 of 1 replicas' disks have confirmed it");
  });
});
