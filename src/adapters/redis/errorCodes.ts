/** What an error of the server asks of the caller. */
export type ErrorKind = 'auth' | 'full' | 'unavailable' | 'noGroup' | 'fenced' | 'owned' | 'mixed' | 'elsewhere';

/**
 * The first word of the server's errors that have a meaning here. `unavailable` is what passes: failover, a Cluster that
 * moves slots, loading, a script that takes long, too few replicas. `elsewhere` is what a node of a Cluster says to a client
 * that takes it for a single server.
 */
export const ERROR_CODES: Readonly<Record<string, ErrorKind>> = {
  NOAUTH: 'auth',
  WRONGPASS: 'auth',
  NOPERM: 'auth',
  OOM: 'full',
  NOGROUP: 'noGroup',
  FENCED: 'fenced',
  OWNED: 'owned',
  MIXED: 'mixed',
  MOVED: 'elsewhere',
  ASK: 'elsewhere',
  TRYAGAIN: 'unavailable',
  CLUSTERDOWN: 'unavailable',
  LOADING: 'unavailable',
  BUSY: 'unavailable',
  READONLY: 'unavailable',
  MASTERDOWN: 'unavailable',
  NOREPLICAS: 'unavailable',
  MISCONF: 'unavailable',
  UNBLOCKED: 'unavailable',
  NOSCRIPT: 'unavailable',
  OUTOFTURN: 'unavailable',
};
