import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findRedisServer } from '../../test/support/findRedisServer.ts';
import { order, TOPIC } from '../messages.ts';
import type { Scenario } from '../scenario.ts';
import { publish } from './publish.ts';

const run = promisify(execFile);

/** What a server can take at all: its own load generator, in C, which prepares the command once. */
export const publishLimit: Scenario = {
  name: 'publish-limit',
  unit: 'msg/s',
  baselineName: 'redis-benchmark XADD, 8 clients, 128 deep',
  target: { atLeast: 0.65 },
  scale: 5,
  redis: true,
  ours: publish.ours,
  async baseline({ redisUrl, messages }) {
    const program = (await findRedisServer()).replace(/redis-server(?=(\.exe)?$)/, 'redis-benchmark');
    const { hostname, port, password } = new URL(redisUrl);
    const server = ['-h', hostname, '-p', port || '6379', ...(password ? ['-a', decodeURIComponent(password)] : [])];
    const entry = ['topic', TOPIC, 'payload', JSON.stringify(order(1)), 'type', '', 'encoding', 'json', 'meta', ''];
    const command = ['XADD', 'bench:limit', 'MAXLEN', '~', '1000000', '*', ...entry];
    const args = [...server, '-c', '8', '-P', '128', '-n', `${messages}`, '--csv', ...command];
    return {
      run: async () => ({ figure: requestsPerSecond((await run(program, args)).stdout) }),
      close: async () => {},
    };
  },
};

/** Out of a line such as `"XADD bench:limit …","587000.00","1.2",…`; the payload has commas and quotes of its own. */
function requestsPerSecond(csv: string): number {
  const figures = /","(\d+\.\d+)"(?:,"\d+\.\d+"){6}$/.exec(csv.trim());
  if (figures === null) throw new Error(`redis-benchmark printed no figure:\n${csv}`);
  return Number(figures[1]);
}
