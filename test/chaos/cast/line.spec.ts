import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { Line } from './line.ts';

describe('chaos line', () => {
  let server: Server;
  let line: Line;
  let client: Socket;
  let heard = '';
  let ended = false;

  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const to = await Line.to([port]);
    line = to.line;
    expect(to.detours[0]?.[0]).to.equal(port);
    [heard, ended] = ['', false];
    client = connect(to.detours[0]?.[1] as number, '127.0.0.1');
    client.on('data', (bytes) => (heard += bytes));
    client.on('error', () => undefined);
    client.on('close', () => (ended = true));
  });
  afterEach(async () => {
    client.destroy();
    await line.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const echoes = (text: string) => eventually(() => heard === text);

  it('passes everything on in both directions', async () => {
    client.write('ping');
    await echoes('ping');
  });

  it('cut, ends what there is and what comes', async () => {
    client.write('a');
    await echoes('a');
    line.cut();
    await eventually(() => ended);
  });

  it('slow, keeps the order, also when it is whole again', async () => {
    let sent = '';
    for (let i = 0; i < 50; i += 1) {
      line.slow(i % 3 === 0 ? 0 : 20);
      client.write(`${i} `);
      sent += `${i} `;
      await new Promise((resolve) => setImmediate(resolve));
    }
    line.heal();
    await echoes(sent);
  });

  it('silent, keeps connections open; once it is whole, nothing follows on what was lost', async () => {
    client.write('a');
    await echoes('a');
    line.silence();
    client.write('lost');
    await eventually(() => line.lossy === 1);
    expect(ended).to.equal(false);
    line.heal();
    client.write('after');
    await eventually(() => ended);
    expect(heard).to.equal('a');
  });
});
