import type { CacheMetrics } from './cacheMetrics.ts';

type Counts = { -readonly [K in Exclude<keyof CacheMetrics, 'entries' | 'bytes'>]: number };

/** What a cache counts. */
export class CacheBooks implements Counts {
  hits = 0;
  localHits = 0;
  misses = 0;
  stale = 0;
  negative = 0;
  bypassed = 0;
  failed = 0;
  flights = 0;
  failedFlights = 0;
  lostFlights = 0;
  waits = 0;
  storeFailures = 0;
  evictions = 0;
}
