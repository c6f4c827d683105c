import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startRedis } from '../test/support/redisServer.ts';
import { machine } from './machine.ts';
import { measure, type Result } from './measure.ts';
import type { Scenario, Target } from './scenario.ts';
import { consume } from './scenarios/consume.ts';
import { endToEnd } from './scenarios/endToEnd.ts';
import { memory } from './scenarios/memory.ts';
import { publish } from './scenarios/publish.ts';
import { route } from './scenarios/route.ts';
import { routeCold, routeStarred } from './scenarios/routeCold.ts';
import { scale } from './scenarios/scale.ts';
import { threads } from './scenarios/threads.ts';
import { traceAll, traceOverhead } from './scenarios/traceOverhead.ts';

const SCENARIOS: readonly Scenario[] = [
  publish,
  consume,
  endToEnd,
  memory,
  route,
  routeCold,
  routeStarred,
  traceOverhead,
  traceAll,
  scale,
  threads,
];

const HELP = `npm run bench -- [options]

Runs ours and a hand-written loop in turn, on the same messages, in one process.

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
  const only = values.only?.split(',');
  const unknown = only?.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`--only names no benchmark: ${unknown.join(', ')}\n\n${HELP}`);
  const server = values.store === undefined ? await startRedis() : undefined;
  try {
    await run(
      SCENARIOS.filter(({ name }) => only?.includes(name) ?? true),
      values.store ?? server?.url ?? '',
    );
  } finally {
    await server?.stop();
  }
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
    process.stdout.write(`${line(result)}\n`);
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

function whole(option: 'messages' | 'runs'): number {
  const number = Number(values[option]);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${option} is '${values[option]}': it takes a whole number from 1`);
}

function line({ name, ours, baseline, baselineName, ratio, unit, target }: Result): string {
  const figure = (value: number) => value.toLocaleString('en-US').padStart(11);
  return `${name.padEnd(16)}${figure(ours)} ${unit}  ${ratio.toFixed(2)} ×  ${figure(baseline)} ${unit} (${baselineName})${target ? verdict(ratio, target) : ''}`;
}

function verdict(ratio: number, target: Target): string {
  const [met, wanted] =
    'atLeast' in target
      ? [ratio >= target.atLeast, `≥ ${target.atLeast}`]
      : [ratio <= target.atMost, `≤ ${target.atMost}`];
  return met ? `  wanted ${wanted} ×: met` : `  MISSED: wanted ${wanted} ×`;
}

main().catch((cause: Error) => {
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
});
