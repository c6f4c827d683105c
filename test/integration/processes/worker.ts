import { openSync, writeSync } from 'node:fs';
import { connect, handle, pipeline, stopOnSignals } from '../../../src/index.ts';
import { work } from '../../support/work.ts';

/*
 * Handles numbered jobs, and writes a line for each that it has handled: its number, and the time in ms. Ends at SIGTERM.
 * Arguments: the store's URL, a name, the file, how long a handler takes in ms, and how many run at once.
 */
const [store = '', name = '', file = '', takesMs = '5', concurrency = '16'] = process.argv.slice(2);

const out = openSync(file, 'a');
const bus = await connect({ store, name, consume: { credit: 64 } });
bus.notices.subscribe(({ code, message }) => process.send?.({ notice: code, message }));
stopOnSignals([bus]);

pipeline(
  'work',
  bus.from('jobs.*', { group: 'workers' }),
  handle(
    async (number) => {
      await work(Number(takesMs));
      writeSync(out, `${number} ${Date.now()}\n`);
    },
    { concurrency: Number(concurrency) },
  ),
).run();
process.send?.({ ready: true });
