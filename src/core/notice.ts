/** Something a person should know that no caller is there to be told. */
export interface Notice {
  readonly level: 'info' | 'warn' | 'error';
  /** Stable, for programs: `GROUP_RECREATED`, `LEASE_LOST`, `ENTRIES_LOST`, `STORE_RETRY`, … */
  readonly code: string;
  /** A sentence. */
  readonly message: string;
  readonly error?: Error;
}

/** Takes notices; must not throw. */
export type Notify = (notice: Notice) => void;
