import { acknowledge, connect, fromObservable, limitRate } from '../../../src/index.ts';

/*
 * Sends numbers through a rate limit that is shared, and tells of each that has come through. Arguments: the store's URL,
 * how many numbers. A message of limits changes the limit.
 */
const [store = '', count = ''] = process.argv.slice(2);
const bus = await connect(store);
const limit = bus.rateLimit('numbers', { rate: 0.001, burst: 10 });
process.on('message', (limits: { readonly rate: number; readonly burst: number }) => void limit.set(limits));
fromObservable(Array.from({ length: Number(count) }, (_, i) => i))
  .pipe(limitRate(limit), acknowledge())
  .subscribe({
    next: ({ data }) => process.send?.({ data }),
    complete: async () => {
      await bus.close();
      process.disconnect();
    },
  });
