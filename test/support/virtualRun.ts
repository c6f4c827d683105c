import type { TestScheduler } from 'rxjs/testing';
import type { RunOptions } from '../../src/pipeline/run.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { VirtualTime } from './virtualTime.ts';

type Helpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

/** What a test in virtual time has at hand. */
export interface Virtual extends Helpers {
  readonly source: TestSource;
  /** Runs this at a time, in ms. */
  at(ms: number, run: () => void): void;
}

/** Runs a test in virtual time, with a source that knows it. */
export function virtualRun(test: (virtual: Virtual) => void): void {
  const scheduler = new VirtualTime();
  scheduler.run((helpers) => {
    const at = (ms: number, run: () => void) => void scheduler.schedule(run, ms);
    test({ ...helpers, source: new TestSource(scheduler), at });
  });
}

/** When each delivery was settled, and how: `10 ack a`. */
export function settledAt({ settlements, log }: TestSource): readonly string[] {
  return settlements.map(({ at }, i) => `${at} ${log[i]}`);
}

/** Options that keep notices, in short, instead of telling them. */
export function quiet(): RunOptions & { readonly told: string[] } {
  const told: string[] = [];
  return { told, notify: ({ level, code, message }) => told.push(`${level} ${code}: ${message}`) };
}
