import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { Desk } from './support/desk.ts';

const LANES = ['critical', 'high', 'normal', 'low'].map((tier) => `sluice:{main.0}:${tier}`);

describe('a server that is emptied', () => {
  const redis = redisFixture();
  beforeEach(() => redis.outside.flushall());

  /** How often the commands were called that reading and joining take. */
  async function calls(): Promise<number> {
    const stats = await redis.outside.info('commandstats');
    const counts = [...stats.matchAll(/cmdstat_(?:xreadgroup|evalsha|eval):calls=(\d+)/g)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }

  for (const start of ['earliest', 'latest'] as const) {
    it(`(FLUSHALL), start: '${start}': the group is made again, says so, and misses nothing that comes after`, async () => {
      await using producer = await Desk.open({ store: redis.server.url });
      await using desk = await Desk.open({ store: redis.server.url });
      desk.consume(start);
      await eventually(async () => (await desk.bus.stats()).groups.length === 1);
      await desk.publish('before');
      await desk.sees('before');
      // In one step: nobody can make the group again between the two.
      await redis.outside
        .multi()
        .flushall()
        .xadd(
          LANES[2] as string,
          '*',
          'topic',
          't.x',
          'payload',
          '"at once"',
          'type',
          '',
          'encoding',
          'json',
          'meta',
          '',
        )
        .exec();
      await producer.publish('after');
      await desk.sees('before', 'at once', 'after');
      expect(desk.codes).to.include('NO_GROUP');
      await desk.settles();
    });
  }

  it('(its scripts only, SCRIPT FLUSH): nobody notices', async () => {
    await using desk = await Desk.open({ store: redis.server.url });
    desk.consume();
    await desk.publish('before');
    await desk.sees('before');
    await redis.outside.script('FLUSH');
    await desk.publish('after');
    await desk.sees('before', 'after');
    await desk.settles();
    expect(desk.codes).to.deep.equal([]);
  });

  it('(of its group, XGROUP DESTROY): it is made again, and no call is made in a hot loop', async () => {
    await using desk = await Desk.open({ store: redis.server.url });
    desk.consume();
    await desk.publish('before');
    await desk.sees('before');
    await desk.settles();
    const before = await calls();
    for (let times = 1; times <= 5; times += 1) {
      await LANES.reduce((multi, lane) => multi.xgroup('DESTROY', lane, 'g'), redis.outside.multi()).exec();
      const told = () => desk.codes.filter((code) => code === 'NO_GROUP').length;
      await eventually(() => expect(told()).to.be.at.least(times));
      await eventually(
        async () => ((await redis.outside.xinfo('GROUPS', LANES[2] as string)) as unknown[]).length === 1,
      );
    }
    await desk.publish('after');
    await eventually(() => expect(desk.seen).to.include('after'));
    // Each time a few: the read that failed, the group, the membership, the reads that follow.
    expect((await calls()) - before).to.be.lessThan(5 * 40);
  });

  it('(and a lane is something else now): reading ends, and says so', async () => {
    await using desk = await Desk.open({ store: redis.server.url });
    desk.consume();
    await desk.publish('before');
    await desk.sees('before');
    await redis.outside
      .multi()
      .flushall()
      .set(LANES[0] as string, 'no stream')
      .exec();
    await eventually(() => expect(desk.error?.message).to.include('WRONGTYPE'));
  });
});
