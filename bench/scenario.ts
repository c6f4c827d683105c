/** One side of a comparison, ready to be timed. */
export interface Side {
  /** The timed part: resolves when every message is done. */
  run(): Promise<void>;
  /** Frees what the preparation made. */
  close(): Promise<void>;
}

/** What a scenario is given. */
export interface Setting {
  /** A Redis server, emptied before each side is prepared. */
  readonly redisUrl: string;
  /** How many messages a run moves. */
  readonly messages: number;
}

/** Ours against a hand-written loop, on the same messages. */
export interface Scenario {
  readonly name: string;
  readonly unit: string;
  readonly baselineName: string;
  /** How many messages a run moves, as a multiple of what was asked for. @default 1 */
  readonly scale?: number;
  /** Whether it needs a Redis server. */
  readonly redis: boolean;
  readonly ours: (setting: Setting) => Promise<Side>;
  readonly baseline: (setting: Setting) => Promise<Side>;
}
