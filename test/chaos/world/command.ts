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

/** Runs a command that may be repeated. */
export function command(node: RedisNode, name: string, ...args: readonly (string | number)[]): Promise<unknown> {
  return insisted(() => node.run(name, ...args));
}
