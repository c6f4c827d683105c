import type { RedisNode } from '../../support/redisNode.ts';

const TRIES = 5;

/** Does what may be repeated: a busy machine may take longer to connect than a node is given. */
export async function insisted<T>(does: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await does();
    } catch (cause) {
      if (tried === TRIES) throw cause;
    }
  }
}

/** Runs a command that may be repeated; if that fails, the error says what the node wrote last. */
export async function command(node: RedisNode, name: string, ...args: readonly (string | number)[]): Promise<unknown> {
  try {
    return await insisted(() => node.run(name, ...args));
  } catch (cause) {
    throw new Error(`${name} on ${node.where}, which is ${node.up ? 'up' : 'down'}: ${cause}\n${node.log}`, { cause });
  }
}
