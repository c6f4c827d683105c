import type { Server } from './server.ts';

/** How often the script is run again that leaves something to do; whoever looks next goes on from there. */
const MOST_RUNS = 1_000;

/** What a call appended of what waited. */
export interface Promoted {
  readonly count: number;
  /** In how many ms more is due; 0 if there is more already, infinity for never. */
  readonly nextMs: number;
}

/** Appends what waited and is due to its lane, some 500 at most. */
export async function promote(server: Server, stream: string): Promise<Promoted> {
  const { lanes, delayed } = server.keys(stream);
  const [count, wait] = await server.script<[number, number]>(stream, 'promote', [...lanes, ...delayed], []);
  return { count, nextMs: wait < 0 ? Number.POSITIVE_INFINITY : wait };
}

/** Appends all that is due; what becomes due meanwhile may wait for the next time. */
export async function promoteAll(server: Server, stream: string): Promise<void> {
  for (let run = 1; run <= MOST_RUNS; run += 1) if ((await promote(server, stream)).nextMs > 0) return;
}
