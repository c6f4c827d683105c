/**
 * Restarts one of three consumers after another under full load, and says what was lost, what came twice, and for how
 * long nothing was handled; `docs/guide/reliability.md` has the figures. Fails if any of it is more than it may be.
 *
 *     npx tsx bench/experiments/rollingRestarts.ts --restarts 100
 */
import { parseArgs } from 'node:util';
import { startRedis } from '../../test/support/redisServer.ts';
import { rollingRestarts } from '../../test/support/rollingRestarts.ts';

const LONGEST_PAUSE_MS = 1_000;

const { values } = parseArgs({ options: { restarts: { type: 'string', default: '100' } } });
await using server = await startRedis();
const report = await rollingRestarts(server.url, Number(values.restarts));
console.log(JSON.stringify(report, undefined, 2));
const { lost, duplicated, longestPauseMs } = report;
process.exitCode = lost === 0 && duplicated === 0 && longestPauseMs <= LONGEST_PAUSE_MS ? 0 : 1;
