import type { Redis } from 'ioredis';
import type { Endpoint } from './endpoint.ts';

/** Where a connection leads; asked each time that it connects. */
export interface Place {
  find(): Endpoint | Promise<Endpoint>;
  /** Rejects where the server is not what is wanted. */
  check(client: Redis, where: string): Promise<void>;
  /** Told of an endpoint that could not be used. */
  failed(endpoint: Endpoint): void;
}

/** A server that is always in the same place. */
export function fixedPlace(endpoint: Endpoint): Place {
  return { find: () => endpoint, check: async () => undefined, failed: () => undefined };
}
