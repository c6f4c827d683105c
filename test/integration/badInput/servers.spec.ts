import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { connect } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { errorOf, expectComplaint } from '../../support/expectComplaint.ts';
import { FakeRedis } from '../../support/fakeRedis.ts';
import { freePort } from '../../support/freePort.ts';
import { type RedisServer, startRedis } from '../../support/redisServer.ts';

const unavailable = { type: 'StoreUnavailableError', code: 'STORE_UNAVAILABLE' };
const auth = { type: 'StoreAuthError', code: 'STORE_AUTH' };

describe('bad input: servers', () => {
  it('an address where nobody listens', async () => {
    const port = await freePort();
    const says = `Redis at 127.0.0.1:${port} can't be reached: ECONNREFUSED, nothing listens there; start it or correct`;
    expectComplaint(await errorOf(() => connect(`redis://127.0.0.1:${port}`)), { ...unavailable, says });
  });

  it('a host that does not exist', async () => {
    const says = /^Redis at nowhere\.invalid:6379 can't be reached: (ENOTFOUND, no such host|EAI_AGAIN)/;
    expectComplaint(await errorOf(() => connect('redis://nowhere.invalid')), { ...unavailable, says });
  });

  it('a socket that does not exist', async () => {
    const says = /can't be reached: ENOENT, no such socket; correct the path/;
    expectComplaint(await errorOf(() => connect('unix:/tmp/no-such-folder/redis.sock')), { ...unavailable, says });
  });

  it('a server that speaks something else', async () => {
    const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const error = await errorOf(() => connect(`redis://127.0.0.1:${port}`));
    server.closeAllConnections();
    server.close();
    expectComplaint(error, { ...unavailable, says: `Redis at 127.0.0.1:${port} can't be reached: ` });
  });

  it('a Redis that is too old, which is let go', async () => {
    await using fake = await FakeRedis.start('6.2.14');
    const says = `the server at 127.0.0.1:${fake.port} is Redis 6.2.14: Sluice needs Redis 7.0 or newer`;
    const error = await errorOf(() => connect(fake.url));
    expectComplaint(error, { type: 'UnsupportedServerError', code: 'UNSUPPORTED_SERVER', says });
    await eventually(() => fake.clients === 0);
  });

  describe('that asks for a password', () => {
    let server: RedisServer;
    before(async () => {
      server = await startRedis({ password: 'right horse' });
    });
    after(() => server.stop());

    const CREDENTIALS: readonly [title: string, user: string, says: RegExp][] = [
      ['none', '', /asks for a password; give `password`, and `username` if it has users/],
      ['a wrong password', ':wrong@', /wrong user name or password.*check `username` and `password`/],
      ['a wrong user', 'nobody:right%20horse@', /wrong user name or password.*check `username` and `password`/],
    ];
    for (const [title, user, says] of CREDENTIALS) {
      it(`refuses ${title}`, async () => {
        const error = await errorOf(() => connect(`redis://${user}127.0.0.1:${server.port}`));
        expectComplaint(error, { ...auth, says });
        expect((error as Error).message).to.include(`Redis at 127.0.0.1:${server.port} refuses: `);
        expect(JSON.stringify(error) + String((error as Error).cause)).not.to.match(/wrong@|:wrong|right horse/);
      });
    }

    it('takes the right one', async () => {
      await using bus = await connect(server.url);
      await bus.publish('a.b', 1);
      expect((await bus.stats()).lanes.normal.length).to.equal(1);
    });
  });
});
