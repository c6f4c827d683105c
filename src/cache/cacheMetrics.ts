/** Counters of a cache since it was made, as plain data: only this process's. */
export interface CacheMetrics {
  /** Requests answered with what was kept and fresh, in this process or in the store. */
  readonly hits: number;
  /** Those of the hits that the store was not asked for. */
  readonly localHits: number;
  /** Requests answered with what was fetched for them, those that waited for another's flight in this process included. */
  readonly misses: number;
  /** Requests answered with what was older than their `ttlMs`. */
  readonly stale: number;
  /** Requests answered with an error that is kept; they count as hits too, or as misses. */
  readonly negative: number;
  /** Requests whose source passed through uncached. */
  readonly bypassed: number;
  /** Requests that failed, with what the source threw. */
  readonly failed: number;
  /** Sources subscribed to: calls upstream. */
  readonly flights: number;
  /** Flights that failed, background ones included; errors that are kept do not count. */
  readonly failedFlights: number;
  /** Flights that ended with nothing kept, since they were lost: the key was removed, another took over, or took longer than `waitMs`. */
  readonly lostFlights: number;
  /** Requests, all of a key in this process as one, that waited for the flight of another process. */
  readonly waits: number;
  /** Calls to the store that failed or took too long. */
  readonly storeFailures: number;
  /** Entries that had to leave this process's memory for others. */
  readonly evictions: number;
  /** Entries in this process's memory now. */
  readonly entries: number;
  /** Their JSON and keys, in bytes. */
  readonly bytes: number;
}
