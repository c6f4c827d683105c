import { Redis } from 'ioredis';
import type { Endpoint } from './endpoint.ts';
import type { Settings } from './settings.ts';

/** A client for one connection, not connected yet: it never connects a second time. */
export function makeClient(
  { client, connectTimeoutMs }: Pick<Settings, 'client' | 'connectTimeoutMs'>,
  endpoint: Endpoint,
): Redis {
  return new Redis({
    ...endpoint,
    ...client,
    protocol: 2,
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    // How often a server that is loading is asked. By itself ioredis waits for as long as that says it will take, up to ten
    // seconds, whatever becomes of the connection meanwhile.
    maxLoadingRetryTime: 100,
    autoResendUnfulfilledCommands: false,
    connectionName: 'sluice',
    disableClientInfo: true,
  });
}

/** Closes at once: a frozen server never answers a polite end. */
export function discard(client: Redis): void {
  // Of one that has ended already, ioredis would wait for the end once more, for two seconds.
  if (client.status !== 'end') client.disconnect();
  client.stream?.destroy();
}
