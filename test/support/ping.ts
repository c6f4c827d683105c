import { once } from 'node:events';
import { createConnection } from 'node:net';

// Not the inline form: a password may hold spaces.
const command = (...parts: string[]): string =>
  `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;

/** Whether the Redis server on `port` of 127.0.0.1 answers PING with PONG. */
export async function ping(port: number, password?: string): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1').setTimeout(1_000, () => socket.destroy());
  const closed = once(socket, 'close');
  let reply = '';
  socket.on('data', (chunk) => {
    reply += chunk;
  });
  socket.on('error', () => socket.destroy());
  const login = password === undefined ? '' : command('AUTH', password);
  socket.write(login + command('PING') + command('QUIT'));
  await closed;
  return reply.includes('+PONG');
}
