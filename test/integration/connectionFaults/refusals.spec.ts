import { expect } from 'chai';
import { StoreAuthError } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/freePort.ts';
import { redisFixture } from '../../support/redisFixture.ts';
import { Desk } from './support/desk.ts';

describe('a server that refuses', () => {
  const redis = redisFixture();
  beforeEach(() => redis.outside.flushall());

  /** Ends every connection but our own. */
  const killAll = () => redis.outside.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');

  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  it('as a replica (READONLY): publishers and consumers wait, and go on when it is a master again', async () => {
    await using desk = await Desk.open({ store: redis.server.url });
    desk.consume();
    await desk.publish('before');
    await desk.sees('before');
    await redis.outside.replicaof('127.0.0.1', `${await freePort()}`);
    const publishing = desk.publish('during');
    await desk.tells('STORE_RETRY');
    expect(desk.notices.find(({ code }) => code === 'STORE_RETRY')?.message).to.match(/READONLY|UNBLOCKED/);
    await redis.outside.replicaof('NO', 'ONE');
    await publishing;
    await desk.sees('before', 'during');
    await desk.settles();
  });

  it('because it has as many clients as it may: all wait, and go on when there is room', async () => {
    await using desk = await Desk.open({ store: redis.server.url });
    desk.consume();
    await desk.publish('before');
    await desk.sees('before');
    await redis.outside.config('SET', 'maxclients', '1');
    await killAll();
    const publishing = desk.publish('during');
    await desk.tells('STORE_RETRY');
    await eventually(async () => expect(await rejected()).to.be.greaterThan(2), { withinMs: 15_000 });
    await redis.outside.config('SET', 'maxclients', '10000');
    await publishing;
    await desk.sees('before', 'during');
    expect(desk.notices.map(({ message }) => message).join()).to.match(/max number of clients|reached/);
  });

  async function rejected(): Promise<number> {
    const [, count = '0'] = /rejected_connections:(\d+)/.exec(await redis.outside.info('stats')) ?? [];
    return Number(count);
  }

  describe('a user whose rights change while it is connected', () => {
    const url = () => redis.server.url.replace('//', '//worker:secret@');
    beforeEach(() => redis.outside.acl('SETUSER', 'worker', 'reset', 'on', '>secret', '~*', '&*', '+@all'));
    afterEach(() => redis.outside.acl('DELUSER', 'worker'));

    it('loses a command: publishing and reading fail for good, and say which right is missing', async () => {
      await using desk = await Desk.open({ store: url() });
      desk.consume();
      await desk.publish('before');
      await desk.sees('before');
      await redis.outside.acl('SETUSER', 'worker', '-evalsha', '-eval', '-xreadgroup');
      const error = await errorOf(desk.publish('refused'));
      expect(error).to.be.instanceOf(StoreAuthError);
      expect(error?.message).to.include('may not run a command that Sluice needs');
      await eventually(() => expect(desk.error).to.be.instanceOf(StoreAuthError), { withinMs: 15_000 });
    });

    it('gets another password: connections live on, and new ones fail for good', async () => {
      await using desk = await Desk.open({ store: url() });
      desk.consume();
      await desk.publish('before');
      await desk.sees('before');
      await redis.outside.acl('SETUSER', 'worker', 'resetpass', '>other');
      await desk.publish('on the old connection');
      await desk.sees('before', 'on the old connection');
      await killAll();
      await eventually(() => expect(desk.error).to.be.instanceOf(StoreAuthError), { withinMs: 15_000 });
      const error = await errorOf(desk.publish('refused'));
      expect(error).to.be.instanceOf(StoreAuthError);
      expect(String(error)).not.to.include('secret');
    });
  });

  it('because a password is asked for now: connections live on, and new ones fail for good', async () => {
    await using desk = await Desk.open({ store: redis.server.url });
    desk.consume();
    await desk.publish('before');
    await desk.sees('before');
    await redis.outside.config('SET', 'requirepass', 'new');
    try {
      await desk.publish('on the old connection');
      await desk.sees('before', 'on the old connection');
      await killAll();
      await eventually(() => expect(desk.error).to.be.instanceOf(StoreAuthError), { withinMs: 15_000 });
      expect((await errorOf(desk.publish('refused')))?.message).to.include('asks for a password');
    } finally {
      await redis.outside.config('SET', 'requirepass', '');
    }
  });
});
