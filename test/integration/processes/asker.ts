import { concatMap, from } from 'rxjs';
import { connect } from '../../../src/index.ts';

/*
 * Asks a cache for one key many times at once when it is told to, and tells what came. The source is an HTTP server.
 * Arguments: the store's URL, the server's, a name, how many times, the lease of a flight in ms.
 */
const [store = '', upstream = '', name = '', times = '1', leaseMs = '1000'] = process.argv.slice(2);

const bus = await connect(store);
const cache = bus.cache({ name: 'asked', leaseMs: Number(leaseMs) });
const fetched = () => from(fetch(`${upstream}/?by=${name}`)).pipe(concatMap((response) => response.json()));

process.on('message', async (message) => {
  if (message === 'ask') {
    const answers: Record<string, number> = {};
    let left = Number(times);
    for (let i = 0; i < Number(times); i += 1) {
      cache.get('k', fetched, { ttlMs: 60_000 }).subscribe({
        next: ({ value }) => {
          const text = JSON.stringify(value);
          answers[text] = (answers[text] ?? 0) + 1;
        },
        error: (error: Error) => process.send?.({ failed: error.message }),
        complete: () => {
          left -= 1;
          if (left === 0) process.send?.({ answers, metrics: cache.metrics() });
        },
      });
    }
    process.send?.({ asked: true });
  }
  if (message !== 'end') return;
  await bus.close();
  process.disconnect();
});
process.send?.({ ready: true });
