import { HELP, parseOptions, UsageError } from './options.ts';
import { runWatch } from './runWatch.ts';

/** Runs the watch as the command line says; resolves to the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  try {
    const options = parseOptions(args);
    if (options.help) console.log(HELP);
    else await runWatch(options, (line) => console.log(line), interruption.signal);
    return 0;
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause));
    return cause instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
