import type { Durability } from '../../core/store.ts';
import { DurabilityError } from '../../core/storeErrors.ts';
import { type Confirmation, confirmationOf } from './confirmation.ts';
import type { Life } from './connection.ts';
import type { Part } from './request.ts';
import type { Server } from './server.ts';

/** How long one WAIT may take, in ms: the connection stands still meanwhile. */
const WAIT_MS = 100;
const SHORTEST_MS = 5;
/** How long between two of them, in ms, so that what others send gets its turn. */
const PAUSE_MS = 20;

/**
 * Appends, and resolves to the script's answer once the server has confirmed how safe it is. The confirmation is of all
 * that was written on the same connection until then, so it goes right behind the append and costs a batch one command.
 * What is not confirmed in time is asked for again, on the same connection; if that is lost, so is what could be known.
 */
export function appendDurably(
  server: Server,
  stream: string,
  keys: readonly string[],
  args: readonly Part[],
  durability: Durability,
): Promise<Buffer> {
  const until = performance.now() + durability.timeoutMs;
  const parts = [keys.length, ...keys, ...args];
  return server.topology.durably(keys[0] as string, async (life, asking) => {
    const means = await confirmationOf(life, durability);
    const [places, first] = await send(life, asking, parts, means);
    let confirmed = means.read(first);
    while (!means.suffices(confirmed)) {
      if (performance.now() >= until) throw unconfirmed(durability, stream, means.told(confirmed));
      confirmed = await later(life, means);
    }
    return places as Buffer;
  });
}

/** Rejects with `DurabilityError`, which says what to change, if the server of a stream can't confirm so much. */
export async function checkDurability(server: Server, stream: string, durability: Durability): Promise<void> {
  const [key = ''] = server.keys(stream).lanes;
  await server.topology.durably(key, (life) => confirmationOf(life, durability));
}

async function send(life: Life, asking: boolean, parts: readonly Part[], means: Confirmation) {
  const line = lineOf(life);
  line.length += 1;
  // Many at once share what one may take: with a replica that stands still, the last would wait for all before it.
  const command = means.command(Math.max(SHORTEST_MS, Math.floor(WAIT_MS / line.length)));
  try {
    return await (asking ? life.askingThen('append', parts, command) : life.scriptThen('append', parts, command));
  } finally {
    line.length -= 1;
  }
}

/** What waits on a connection for its confirmation. */
interface Line {
  /** Appends that were not answered yet. */
  length: number;
  /** What is to be asked next, by command. */
  readonly rounds: Map<string, Promise<readonly number[]>>;
}

const lines = new WeakMap<Life, Line>();

function lineOf(life: Life): Line {
  const line = lines.get(life) ?? { length: 0, rounds: new Map() };
  lines.set(life, line);
  return line;
}

/** What the next confirmation says, which all share that wait for one of the same kind. */
function later(life: Life, means: Confirmation): Promise<readonly number[]> {
  const { rounds } = lineOf(life);
  const command = means.command(WAIT_MS);
  const name = command.join(' ');
  const known = rounds.get(name);
  if (known) return known;
  const round = new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MS)).then(async () => {
    rounds.delete(name);
    return means.read(await life.call(...command));
  });
  rounds.set(name, round);
  return round;
}

function unconfirmed({ level, timeoutMs }: Durability, stream: string, told: string): DurabilityError {
  return new DurabilityError(
    `stream '${stream}' asks for durability: '${level}', and after ${timeoutMs} ms ${told}: the messages are kept and may be delivered, but a failure can still lose them`,
    level,
  );
}
