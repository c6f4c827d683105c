/**
 * Takes over what a dead consumer left, and says how long that took, what memory it needed, and for how long one call
 * kept the server busy; `docs/guide/reliability.md` has the figures.
 *
 *     npx tsx --expose-gc bench/experiments/largeEstate.ts --entries 1000000 [--ordered]
 */
import { parseArgs } from 'node:util';
import { takeOverEstate } from '../../test/support/estate.ts';
import { startRedis } from '../../test/support/redisServer.ts';

const { values } = parseArgs({
  options: { entries: { type: 'string', default: '1000000' }, ordered: { type: 'boolean', default: false } },
});
await using server = await startRedis();
const report = await takeOverEstate({ url: server.url, entries: Number(values.entries), ordered: values.ordered });
console.log(JSON.stringify(report, undefined, 2));
process.exitCode = report.handled === report.entries && report.twice === 0 ? 0 : 1;
