import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startRedis } from '../test/support/redisServer.ts';
import { machine } from './machine.ts';
import { measure, type Result } from './measure.ts';
import { reportLines } from './report.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const HELP = `npm run bench -- [options]

Runs ours and a hand-written loop in turn, on the same messages, in one process. A target that is missed is printed, and
is no failure.

  --json FILE      write the figures as JSON
  --only a,b       only these: ${SCENARIOS.map(({ name }) => name).join(', ')}
  --runs N         how often each side runs (5)
  --messages N     how many messages a run moves (100000)
  --store URL      a Redis server to use, which is EMPTIED; without it, one is started
`;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    runs: { type: 'string', default: '5' },
    messages: { type: 'string', default: '100000' },
    store: { type: 'string' },
    help: { type: 'boolean' },
  },
});

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(HELP);
  const chosen = choose(values.only?.split(','));
  const server = values.store === undefined ? await startRedis() : undefined;
  try {
    await run(chosen, values.store ?? server?.url ?? '');
  } finally {
    await server?.stop();
  }
}

/** By name or by group; without a list, all that don't have to be named. */
function choose(only: readonly string[] | undefined): readonly Scenario[] {
  if (only === undefined) return SCENARIOS.filter(({ onlyIfNamed }) => !onlyIfNamed);
  const unknown = only.filter((name) => !SCENARIOS.some((scenario) => [scenario.name, scenario.group].includes(name)));
  if (unknown.length > 0) throw new Error(`--only names no benchmark: ${unknown.join(', ')}\n\n${HELP}`);
  return SCENARIOS.filter(({ name, group = name }) => only.includes(name) || only.includes(group));
}

async function run(scenarios: readonly Scenario[], redisUrl: string): Promise<void> {
  const report = { machine: await machine(redisUrl), results: [] as Result[] };
  process.stdout.write(`${Object.values(report.machine).join(' · ')}\n\n`);
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
