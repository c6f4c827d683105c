import { setTimeout as pause } from 'node:timers/promises';
import type { Durability } from '../../core/store.ts';
import { DurabilityError } from '../../core/storeErrors.ts';
import { type Confirmation, confirmationOf, TooFewReplicasError } from './confirmation.ts';
import { ConfirmationLine } from './confirmationLine.ts';
import type { Life } from './connection.ts';
import type { Part } from './request.ts';
import type { ScriptName } from './scripts.ts';
import type { Server } from './server.ts';

/** How long after a confirmation that fell short the next is asked for, in ms, so that what others send gets its turn. */
const PAUSE_MS = 20;
/** How long until a master is asked again whether it has enough replicas, in ms. */
const REPLICA_PAUSE_MS = 100;

/**
 * Runs a script that keeps records, and resolves to the script's answer once the server has confirmed how safe it is. The confirmation is of all
 * that was written on the same connection until then, so it goes right behind the script and costs a batch one command.
 * What is not confirmed in time is asked for again, on the same connection; if that is lost, so is what could be known.
 */
export function writeDurably(
  server: Server,
  stream: string,
  script: ScriptName,
  keys: readonly string[],
  args: readonly Part[],
  durability: Durability,
): Promise<Buffer> {
  const until = performance.now() + durability.timeoutMs;
  const parts = [keys.length, ...keys, ...args];
  return server.topology.durably(keys[0] as string, async (life, asking) => {
    const means = await confirmationWithin(life, durability, until);
    const line = lineOf(life);
    const kept = await line.write(script, parts, means, asking);
    let { confirmed } = kept;
    while (!means.suffices(confirmed)) {
      if (performance.now() >= until) throw unconfirmed(durability, stream, means.told(confirmed));
      await pause(PAUSE_MS);
      confirmed = await line.next(means);
    }
    return kept.places as Buffer;
  });
}

/** A master that has just taken over waits for its replicas: nothing is sent before there are enough to confirm it. */
async function confirmationWithin(life: Life, durability: Durability, until: number): Promise<Confirmation> {
  for (;;) {
    try {
      return await confirmationOf(life, durability);
    } catch (cause) {
      if (!(cause instanceof TooFewReplicasError) || performance.now() >= until) throw cause;
      await pause(REPLICA_PAUSE_MS);
    }
  }
}

/** Rejects with `DurabilityError`, which says what to change, if the server of a stream can't confirm so much. */
export async function checkDurability(server: Server, stream: string, durability: Durability): Promise<void> {
  const [key = ''] = server.keys(stream).lanes;
  await server.topology.durably(key, (life) => confirmationOf(life, durability));
}

const lines = new WeakMap<Life, ConfirmationLine>();

function lineOf(life: Life): ConfirmationLine {
  const line = lines.get(life) ?? new ConfirmationLine(life);
  lines.set(life, line);
  return line;
}

function unconfirmed({ level, timeoutMs }: Durability, stream: string, told: string): DurabilityError {
  return new DurabilityError(
    `stream '${stream}' asks for durability: '${level}', and after ${timeoutMs} ms ${told}: the messages are kept and may be delivered, but a failure can still lose them`,
    level,
  );
}
