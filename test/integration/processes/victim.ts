import { openSync, writeSync } from 'node:fs';
import { connect, handle, pipeline } from '../../../src/index.ts';
import { work } from '../../support/work.ts';

/*
 * Handles numbered jobs, and writes a line for each that it has handled. The job -1 kills the process, in the way named:
 * 'exit' or 'SIGKILL'. Arguments: the store's URL, the file, the way.
 */
const [store = '', file = '', way = ''] = process.argv.slice(2);

const out = openSync(file, 'a');
const bus = await connect({ store, consume: { leaseMs: 600, credit: 256 } });

pipeline(
  'work',
  bus.from('jobs.*', { group: 'workers' }),
  handle(
    async (number) => {
      await work(5);
      if (number === -1 && way === 'exit') process.exit(1);
      if (number === -1) process.kill(process.pid, 'SIGKILL');
      writeSync(out, `${number}\n`);
    },
    { concurrency: 16 },
  ),
).run();
process.send?.({ ready: true });
