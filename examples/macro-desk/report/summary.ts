import { percentile } from '../percentile.ts';

/** What became of everything that was published. */
export interface Summary {
  readonly published: number;
  readonly settled: number;
  readonly retried: number;
  readonly deadLettered: number;
  /** From publication to settlement, in ms, one a message. */
  readonly latenciesMs: readonly number[];
}

/** The last line of a run. */
export function summaryLine({ published, settled, retried, deadLettered, latenciesMs }: Summary): string {
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(latenciesMs, share).toFixed(1));
  return `published ${published} · settled ${settled} · retried ${retried} · dead-lettered ${deadLettered} · p50 ${p50} ms · p99 ${p99} ms`;
}
