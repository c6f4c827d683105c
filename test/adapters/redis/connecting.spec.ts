import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { redisStore } from '../../../src/adapters/redis/index.ts';
import { InvalidOptionError } from '../../../src/core/errors.ts';
import {
  StoreAuthError,
  StoreError,
  StoreUnavailableError,
  UnsupportedServerError,
} from '../../../src/core/storeErrors.ts';
import { freePort } from '../../support/freePort.ts';
import { type RedisServer, startRedis } from '../../support/redisServer.ts';
import { done, failure, record, STREAM } from './support.ts';

const SECRET = 'hunter2:hunter2';
const URL_SECRET = encodeURIComponent(SECRET);

/** What a store says that can't be opened, with everything that hangs on it. */
async function refusal(options: Parameters<typeof redisStore>[0]): Promise<Error> {
  const store = redisStore(options);
  const error = await failure(store.open());
  await done(store.close());
  for (const text of [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error)]) {
    expect(text).not.to.include(SECRET);
  }
  return error;
}

describe('redisStore: connecting', () => {
  it('names host and port of a server that is not there, fast', async () => {
    const port = await freePort();
    const error = await refusal({ url: `redis://someone:${URL_SECRET}@127.0.0.1:${port}` });
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(error.message).to.include(`127.0.0.1:${port}`).and.include('nothing listens there');
  });

  it('names a host that does not exist', async () => {
    const error = await refusal({ host: 'no-such-host.invalid' });
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(error.message).to.include('no-such-host.invalid:6379');
  });

  it('gives up on a server that accepts and never answers', async () => {
    const [port, close] = await fakeServer(() => undefined);
    const error = await refusal({ port, connectTimeoutMs: 100 });
    await close();
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(error.message).to.include('not ready within 100 ms');
  });

  it('names the version of a server that is too old, and the one it needs', async () => {
    const info = 'redis_version:5.0.7\r\nloading:0\r\n';
    const [port, close] = await fakeServer((command) =>
      command.includes('info') ? `$${info.length}\r\n${info}\r\n` : '-ERR unknown command\r\n',
    );
    const error = await refusal({ port });
    await close();
    expect(error).to.be.instanceOf(UnsupportedServerError);
    expect(error.message).to.include('5.0.7').and.include('7.0');
  });

  it('refuses a database that the server does not have, rather than use another', async () => {
    const server = await startRedis();
    const error = await refusal({ url: `${server.url}/4096` });
    await server.stop();
    expect(error).to.be.instanceOf(StoreError).and.include({ code: 'STORE_ERROR', retryable: false });
    expect(error.message).to.include('DB index is out of range').and.include('correct `db`');
  });

  it('refuses options it can not use, without the password', () => {
    for (const options of [
      { url: `http://someone:${SECRET}@host` },
      { url: 'nonsense' },
      { url: 'redis://host/notanumber' },
      { port: 0 },
      { connections: 1 },
      { namespace: 'a{b' },
      { blockMs: 0 },
    ]) {
      expect(() => redisStore(options))
        .to.throw(InvalidOptionError)
        .with.property('message')
        .that.does.not.include(SECRET);
    }
  });

  it('says where the server is, without connecting', () => {
    const { server } = redisStore({ url: 'redis://example.org:7000/2', port: 7001 });
    expect(server).to.deep.equal({ address: 'example.org', port: 7001 });
  });
});

describe('redisStore: credentials', () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis({ password: SECRET });
    const admin = new Redis(server.port, '127.0.0.1', { password: SECRET });
    await admin.acl('SETUSER', 'app', 'on', '>apppass', '~*', '&*', '+@all');
    admin.disconnect();
  });
  after(() => server.stop());

  it('opens with the right password, as the default user or another', async () => {
    for (const options of [
      { url: server.url },
      { port: server.port, password: SECRET },
      { port: server.port, username: 'app', password: 'apppass' },
    ]) {
      const store = redisStore(options);
      await done(store.open());
      await done(store.append(STREAM, [record('1')]));
      await done(store.close());
    }
  });

  it('refuses no password, a wrong one and an unknown user', async () => {
    const { port } = server;
    for (const options of [
      { port },
      { port, password: 'wrong' },
      { port, username: 'app', password: SECRET },
      { port, username: 'nobody', password: SECRET },
    ]) {
      const error = await refusal(options);
      expect(error).to.be.instanceOf(StoreAuthError);
      expect(error.message)
        .to.include(`:${port}`)
        .and.match(/`password`/);
    }
  });
});

/** A server that answers each command by what it reads. */
async function fakeServer(answer: (command: string) => string | undefined): Promise<[number, () => Promise<void>]> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      for (const command of String(data).split(/(?=\*\d+\r\n)/)) socket.write(answer(command.toLowerCase()) ?? '');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return [(server.address() as AddressInfo).port, close];
}
