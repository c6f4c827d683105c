import { toError } from '../core/errors.ts';
import { bench } from './bench/bench.ts';
import { dlq } from './dlq/dlq.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';

const HELP = `Sluice: reactive streams for TypeScript.

  sluice bench [mode] [options]     measure throughput and latency on this machine; sluice bench --help tells the rest
  sluice dlq <command> [options]    list, show, replay and purge dead letters; sluice dlq --help tells the rest
  sluice --help                     print this
  sluice --version                  print the version
`;

/** Runs a command line; resolves with the process's exit code: 0, 1 for what failed, 2 for a wrong command line. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (cause) {
    process.stderr.write(`${toError(cause).message}\n`);
    return cause instanceof UsageError ? 2 : 1;
  }
}

async function run([command, ...rest]: readonly string[]): Promise<number> {
  if (command === 'bench') return bench(rest);
  if (command === 'dlq') return dlq(rest);
  if (command === '--version' || command === '-v') return printed(`${version()}\n`);
  if (command === undefined || command === '--help' || command === '-h') return printed(HELP);
  throw new UsageError(`sluice has no command '${command}': it has bench, dlq, --help and --version`);
}

function printed(text: string): number {
  process.stdout.write(text);
  return 0;
}
