/** How the threads of one `handleInThreads` are. */
export interface ThreadHealth {
  /** The URL of the handler's module. */
  readonly module: string;
  /** How many there are to be. */
  readonly threads: number;
  /** How many have loaded the module and take messages. */
  readonly alive: number;
  /** How many of them handle one. */
  readonly busy: number;
  /** How many ended, and were replaced. */
  readonly replaced: number;
}

/** What has threads now. */
export const reporting = new Set<{ readonly health: ThreadHealth }>();

/**
 * How the threads of every `handleInThreads` are that is subscribed in this process.
 *
 * @example
 * const healthy = threadHealth().every(({ alive }) => alive > 0);
 */
export function threadHealth(): readonly ThreadHealth[] {
  return [...reporting].map(({ health }) => health);
}
