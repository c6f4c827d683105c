import type { Cluster, Redis } from 'ioredis';
import type { Priority } from '../../src/core/priority.ts';

/** The streams of a store, past it: as anybody else on the server may write to them. */
export function outsideAccess(client: Redis | Cluster) {
  const laneOf = (stream: string, priority: Priority) => `sluice:{${stream}}:${priority}`;
  return {
    async write(stream: string, priority: Priority, fields: Readonly<Record<string, string | Uint8Array>>) {
      const flat = Object.entries(fields).flatMap(([name, value]) => [name, Buffer.from(value as Uint8Array)]);
      return (await client.xadd(laneOf(stream, priority), '*', ...flat)) ?? '';
    },
    async remove(stream: string, { priority, id }: { readonly priority: Priority; readonly id: string }) {
      await client.xdel(laneOf(stream, priority), id);
    },
  };
}
