import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { BufferFullError, type BusConfig, StoreFullError } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { Desk } from './support/desk.ts';

const TEXT = 'x'.repeat(10_000);

describe('a Redis that is full (maxmemory, noeviction)', () => {
  const redis = redisFixture();
  beforeEach(async () => {
    await redis.outside.flushall();
    const [, used = '0'] = /used_memory:(\d+)/.exec(await redis.outside.info('memory')) ?? [];
    await redis.outside.config('SET', 'maxmemory', `${Number(used) + 2_000_000}`);
  });
  afterEach(() => redis.outside.config('SET', 'maxmemory', '0'));

  /** Publishes until the server keeps no more. Returns how many it has confirmed, and what is still to be answered. */
  async function fill(
    desk: Desk,
  ): Promise<{ confirmed: () => number; refused: Error[]; publishing: Promise<unknown>[] }> {
    let confirmed = 0;
    const refused: Error[] = [];
    const publishing: Promise<unknown>[] = [];
    let last = { confirmed, refusals: await refusals() };
    // Nothing was confirmed since something was refused.
    const full = async () => {
      for (let i = 0; i < 20; i += 1) {
        const one = desk.publish(TEXT).then(
          () => (confirmed += 1),
          (error: Error) => refused.push(error),
        );
        publishing.push(one);
      }
      const now = { confirmed, refusals: await refusals() };
      if (confirmed > last.confirmed) last = now;
      return confirmed > 50 && now.refusals > last.refusals;
    };
    await eventually(full, { withinMs: 15_000 });
    return { confirmed: () => confirmed, refused, publishing };
  }

  /** How many commands the server did not take for want of memory. */
  const refusals = async () =>
    Number(/errorstat_OOM:count=(\d+)/.exec(await redis.outside.info('errorstats'))?.[1] ?? 0);

  const open = (publish: NonNullable<BusConfig['publish']>) =>
    Desk.open({ store: redis.server.url, maxPayloadBytes: 20_000, publish });

  /** What retention does by the clock, once the group owes nothing. */
  const trim = (desk: Desk) => firstValueFrom(desk.bus.store.trim('main.0', { maxEntries: 1 }));

  it("full: 'wait': publishers wait while consumers drain, then everything goes on", async () => {
    await using desk = await open({ full: 'wait', timeoutMs: 60_000, bufferBytes: 200_000 });
    const { confirmed, refused, publishing } = await fill(desk);
    desk.consume();
    await eventually(() => expect(desk.seen).to.have.lengthOf.at.least(confirmed()), { withinMs: 15_000 });
    await eventually(async () => (await desk.bus.stats()).groups[0]?.pending === 0);
    // What is settled is still kept, so there is no room yet for all that waits.
    expect(confirmed()).to.be.lessThan(publishing.length);
    await trim(desk);
    await Promise.all(publishing);
    expect(refused).to.deep.equal([]);
    await eventually(() => expect(desk.seen).to.have.lengthOf(publishing.length), { withinMs: 15_000 });
    expect(confirmed()).to.equal(publishing.length);
  });

  it("full: 'fail': publishers hear of it clearly, consumers drain, and what was confirmed is handled", async () => {
    await using desk = await open({ full: 'fail', timeoutMs: 300, bufferBytes: 200_000 });
    const { confirmed, refused, publishing } = await fill(desk);
    await Promise.all(publishing);
    expect(refused.some((error) => error instanceof BufferFullError)).to.equal(true);
    let full: Error | undefined;
    const refusesOne = async () => {
      full = await desk.publish(TEXT).then(
        () => undefined,
        (error: Error) => error,
      );
      expect(full).to.be.instanceOf(StoreFullError);
    };
    await eventually(refusesOne, { withinMs: 15_000 });
    expect(full?.message).to.match(/is full, nothing was kept: trim streams, or raise its maxmemory/);
    desk.consume();
    await eventually(() => expect(desk.seen).to.have.lengthOf.at.least(confirmed()), { withinMs: 15_000 });
    await desk.settles();
    await trim(desk);
    await desk.publish('after');
    await eventually(() => expect(desk.seen.at(-1)).to.equal('after'));
  });

  it('settles, retries and makes dead letters of what it owes', async () => {
    await using desk = await open({ full: 'fail', timeoutMs: 100, bufferBytes: 200_000 });
    const { confirmed, publishing } = await fill(desk);
    await Promise.all(publishing);
    const attempts: number[] = [];
    desk.bus.from('t.*', { group: 'strict', attempts: 2, backoff: { initialMs: 1 } }).subscribe((delivery) => {
      attempts.push(delivery.attempt);
      delivery.fail(new Error('no'));
    });
    await eventually(() => expect(attempts.filter((attempt) => attempt === 2)).to.have.lengthOf(confirmed()), {
      withinMs: 15_000,
    });
    await eventually(async () => expect((await desk.bus.stats()).deadLetters).to.equal(confirmed()));
  });
});
