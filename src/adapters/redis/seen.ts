import type { KeyState, SeenRequest } from '../../core/store.ts';
import { seenKeys } from './keys.ts';
import type { Server } from './server.ts';

/** Claims keys of a list, keeps them as seen, or drops claims, in one step. */
export async function seen(
  server: Server,
  list: string,
  { kind, owner, keys, forMs, most }: SeenRequest,
): Promise<readonly KeyState[]> {
  if (keys.length === 0) return [];
  const args = [kind, owner, forMs, most, ...keys];
  const states = await server.script<number[]>(list, 'seen', seenKeys(server.settings.namespace, list), args);
  return states.map(stateOf);
}

function stateOf(state: number): KeyState {
  if (state > 0) return { heldMs: state };
  return state === 0 ? 'free' : 'seen';
}
