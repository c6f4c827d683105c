import type { Redis } from 'ioredis';
import type { Endpoint } from './endpoint.ts';

/** Where a connection leads; asked each time that it connects. */
export interface Place {
  find(): Endpoint | Promise<Endpoint>;
  /** Rejects where the server is not what is wanted. */
  check(client: Redis, where: string): Promise<void>;
  /** Told of an endpoint that could not be used. */
  failed(endpoint: Endpoint): void;
  /** Calls back with the name of the server that is the place's from now on, until `close()`. */
  watch(moved: (where: string) => void): void;
  close(): void;
}

const nothing = () => undefined;

/** A server that is always in the same place. */
export function fixedPlace(endpoint: Endpoint): Place {
  return { find: () => endpoint, check: async () => undefined, failed: nothing, watch: nothing, close: nothing };
}
