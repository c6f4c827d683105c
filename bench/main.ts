import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { htmlPage } from '../src/cli/bench/html/htmlPage.ts';
import { machine } from '../src/cli/bench/machine.ts';
import { MODES } from '../src/cli/bench/modes.ts';
import { machineText } from '../src/cli/bench/text.ts';
import { startRedis } from '../test/support/redisServer.ts';
import { comparisonReport } from './comparisonReport.ts';
import { measure, type Result } from './measure.ts';
import { reportLines } from './report.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const HELP = `npm run bench -- [options]
npm run bench -- MODE [options]    as sluice bench MODE: ${MODES.join(', ')}

Runs ours and a hand-written loop in turn, on the same messages, in one process. A target that is missed is printed, and
is no failure.

  --json FILE      write the figures as JSON
  --html FILE      write them as a page
  --only a,b       only these, by name or group:
                   ${names(({ onlyIfNamed }) => !onlyIfNamed)}
                   and, only if they are named here: ${names(({ onlyIfNamed }) => onlyIfNamed === true)}
  --runs N         how often each side runs (5)
  --messages N     how many messages a run moves (100000)
  --store URL      a Redis server to use, which is EMPTIED; without it, one is started
`;

const { values } = parseArgs({
  args: modeAsked() ? [] : process.argv.slice(2),
  options: {
    json: { type: 'string' },
    html: { type: 'string' },
    only: { type: 'string' },
    runs: { type: 'string', default: '5' },
    messages: { type: 'string', default: '100000' },
    store: { type: 'string' },
    help: { type: 'boolean' },
  },
});

async function main(): Promise<void> {
  if (modeAsked()) {
    process.exitCode = await sluiceBench(process.argv.slice(2));
    return;
  }
  if (values.help) return void process.stdout.write(HELP);
  const chosen = choose(values.only?.split(','));
  const server = values.store === undefined ? await startRedis() : undefined;
  try {
    await run(chosen, values.store ?? server?.url ?? '');
  } finally {
    await server?.stop();
  }
}

/** Whether the first argument is a mode of `sluice bench`. */
function modeAsked(): boolean {
  return MODES.some((mode) => mode === process.argv[2]);
}

/** Runs the command as it is shipped, out of what was built. */
async function sluiceBench(args: readonly string[]): Promise<number> {
  const built = new URL('../dist/cli/main.js', import.meta.url).href;
  const { main: sluice } = (await import(built)) as typeof import('../src/cli/main.ts');
  return sluice(['bench', ...args]);
}

/** Groups for those that have one, names for the others. */
function names(fits: (scenario: Scenario) => boolean): string {
  return [...new Set(SCENARIOS.filter(fits).map(({ name, group = name }) => group))].join(', ');
}

/** By name or by group; without a list, all that don't have to be named. */
function choose(only: readonly string[] | undefined): readonly Scenario[] {
  if (only === undefined) return SCENARIOS.filter(({ onlyIfNamed }) => !onlyIfNamed);
  const unknown = only.filter((name) => !SCENARIOS.some((scenario) => [scenario.name, scenario.group].includes(name)));
  if (unknown.length > 0) throw new Error(`--only names no benchmark: ${unknown.join(', ')}\n\n${HELP}`);
  return SCENARIOS.filter(({ name, group = name }) => only.includes(name) || only.includes(group));
}

async function run(scenarios: readonly Scenario[], redisUrl: string): Promise<void> {
  const startedAt = new Date().toISOString();
  const report = { machine: await machine(redisUrl), results: [] as Result[] };
  process.stdout.write(`${machineText(report)}\n\n`);
  for (const scenario of scenarios) {
    const result = await measure(scenario, {
      redisUrl,
      messages: whole('messages'),
      runs: whole('runs'),
      progress: (text) => process.stderr.isTTY && process.stderr.write(`\r\u001b[2K${text}`),
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
    report.results.push(result);
    process.stdout.write(`${reportLines(result).join('\n')}\n`);
  }
  const settings = { messages: whole('messages'), runs: whole('runs') };
  if (values.html) writeFileSync(values.html, htmlPage(comparisonReport({ ...report, startedAt, settings })));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

function whole(option: 'messages' | 'runs'): number {
  const number = Number(values[option]);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${option} is '${values[option]}': it takes a whole number from 1`);
}

main().catch((cause: Error) => {
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
});
