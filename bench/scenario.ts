/** One side of a comparison, ready to be timed. */
export interface Side {
  /** The timed part: resolves when every message is done, with its own figure where that is not messages a second. */
  run(): Promise<Finding | void>;
  /** Frees what the preparation made. */
  close(): Promise<void>;
}

/** What a run found by itself. */
export interface Finding {
  /** In the scenario's unit. */
  readonly figure: number;
}

/** What a scenario is given. */
export interface Setting {
  /** A Redis server, emptied before each side is prepared. */
  readonly redisUrl: string;
  /** How many messages a run moves. */
  readonly messages: number;
}

/** What the ratio of ours to the baseline should be. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** Ours against a hand-written loop, on the same messages. */
export interface Scenario {
  readonly name: string;
  readonly unit: string;
  /** Which of two figures is the better one. @default 'higher' */
  readonly better?: 'higher' | 'lower';
  /** What `ours / baseline` should be. A miss is printed, and is no failure. */
  readonly target?: Target;
  readonly baselineName: string;
  /** How many messages a run moves, as a multiple of what was asked for. @default 1 */
  readonly scale?: number;
  /** Whether it needs a Redis server. */
  readonly redis: boolean;
  readonly ours: (setting: Setting) => Promise<Side>;
  readonly baseline: (setting: Setting) => Promise<Side>;
}
