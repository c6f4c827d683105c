import type { RedisNode } from '../../support/redisNode.ts';

const TRIES = 5;

/** Runs a command that may be repeated: a busy machine may take longer to connect than a node is given. */
export async function command(node: RedisNode, name: string, ...args: readonly (string | number)[]): Promise<unknown> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await node.run(name, ...args);
    } catch (cause) {
      if (tried === TRIES) throw cause;
    }
  }
}
