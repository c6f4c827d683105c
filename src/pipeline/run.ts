import type { SchedulerLike } from 'rxjs';
import type { Notify } from '../core/notice.ts';
import type { InHand, SettledCounts } from './ledger.ts';
import type { RestartOptions } from './supervise.ts';

export interface RunOptions {
  /** How it starts again when it failed. @default after waits of 100 ms growing to 30 s, without end */
  readonly restart?: RestartOptions;
  /** Told of failures and restarts. @default `process.emitWarning`, as `SluiceWarning` */
  readonly notify?: Notify;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

export interface StopOptions {
  /** How long what is in hand may take to settle, in ms. @default 30_000 */
  readonly deadlineMs?: number;
}

/** How a run ended. */
export interface StopReport {
  /** Whether everything in hand was settled by the pipeline itself, and the stores know. */
  readonly drained: boolean;
  /** What was given back instead, by the stage that had it last. */
  readonly left: readonly InHand[];
}

/** Where a run is in its life; the table is at `RunningPipeline`. */
export type RunState = 'running' | 'restarting' | 'stopping' | 'stopped' | 'completed' | 'failed';

/** What became of the deliveries so far. */
export interface RunCounts {
  readonly received: number;
  readonly settled: SettledCounts;
  readonly restarts: number;
}
