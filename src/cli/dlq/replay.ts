import { countMeant } from './countMeant.ts';
import type { OpenDesk } from './openDesk.ts';
import type { DlqOptions } from './options.ts';
import { StepLine } from './stepLine.ts';
import { amount } from './text.ts';

/** Replays what is meant; 1 if something could not be. */
export async function replay(options: DlqOptions, open: OpenDesk, signal: AbortSignal): Promise<number> {
  const { which, stream, rate, data, dryRun } = options;
  if (dryRun) {
    process.stdout.write(`${amount(await countMeant(options, open, signal))} would be replayed\n`);
    return 0;
  }
  const line = new StepLine(process.stderr);
  const { replayed, skipped } = await open.desk.replay(which, {
    stream,
    signal,
    ...(rate !== undefined && { limit: { rate } }),
    ...(data && { data: () => data.value }),
    onProgress: (progress) => line.show(`${amount(progress.replayed)} replayed`),
  });
  line.clear();
  const rest =
    skipped > 0 ? `; ${skipped.toLocaleString('en-US')} stay, since they are no messages, or somebody was quicker` : '';
  process.stdout.write(`${amount(replayed)} replayed${rest}\n`);
  return skipped > 0 ? 1 : 0;
}
