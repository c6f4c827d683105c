import { HELP, parseOptions, UsageError } from './options.ts';
import { Screen } from './report/screen.ts';
import { runDesk } from './runDesk.ts';

/** Runs the desk as the command line says; resolves to the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (!options.help) return await runDesk(options, new Screen(process.stdout, process.stderr), interruption());
    console.log(HELP);
    return 0;
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : String(cause));
    return cause instanceof UsageError ? 2 : 1;
  }
}

/** Aborted by the first SIGINT; the second ends the process as if there were no handler. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') throw cause;
});

process.exitCode = await main(process.argv.slice(2));
