import type { Growth } from '../src/cli/bench/report.ts';

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
  /** The figure to hold this one against, in a scenario that has no `baseline`. */
  readonly against?: number;
  /** More figures, by what they are called; reported as medians over the runs. */
  readonly extra?: Readonly<Record<string, number>>;
  /** What a message costs as something grows, for the page. */
  readonly growth?: Growth;
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

type Prepare = (setting: Setting) => Promise<Side>;

/** Ours against a hand-written loop, on the same messages. */
export interface Scenario {
  readonly name: string;
  /** What `--only` can name it by, together with others. */
  readonly group?: string;
  readonly unit: string;
  /** Which of two figures is the better one. @default 'higher' */
  readonly better?: 'higher' | 'lower';
  /** What `ours / baseline` should be. A miss is printed, and is no failure. */
  readonly target?: Target;
  readonly baselineName: string;
  /** A line about how to read the figures. */
  readonly note?: string;
  /** How many messages a run moves, as a multiple of what was asked for. @default 1 */
  readonly scale?: number;
  /** The most runs of each side; with 1 there is none to warm up. @default as many as were asked for */
  readonly mostRuns?: number;
  /** Whether it runs only where `--only` names it: it takes long, or installs something. */
  readonly onlyIfNamed?: boolean;
  /** Whether it needs a Redis server. */
  readonly redis: boolean;
  readonly ours: Prepare;
  /** Left out where each run of ours finds both figures. */
  readonly baseline?: Prepare;
}
