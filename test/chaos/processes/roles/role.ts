import type { Bus, Notify, RunningPipeline } from '../../../../src/index.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ProcessSettings } from '../settings.ts';

/** What a role has to play with. */
export interface Stage {
  readonly bus: Bus;
  readonly ledger: Ledger;
  readonly settings: ProcessSettings;
  readonly notify: Notify;
}

/** Starts the work of a process; it is what is stopped in the end. */
export type Role = (stage: Stage) => RunningPipeline | AsyncDisposable;

/** What is published: the harness's own id of the message, and its place among those of its key. */
export interface Item {
  readonly id: string;
  readonly number: number;
}
