import { existsSync } from 'node:fs';
import { connect, handle, pipeline, stage } from '../../../src/index.ts';

/*
 * Takes jobs and keeps them until their signals are aborted, or it is told to finish; tells of all that happens.
 * Arguments: the store's URL, a name, the lease in ms, and the file until whose coming a handler blocks the event loop.
 */
const [store = '', name = '', leaseMs = '500', file = ''] = process.argv.slice(2);

const bus = await connect({ store, name, consume: { leaseMs: Number(leaseMs) } });
bus.notices.subscribe(({ code }) => process.send?.({ notice: code }));

const still = new Int32Array(new SharedArrayBuffer(4));
const finishes: (() => void)[] = [];
const running = pipeline(
  'sleep',
  bus.from('jobs.*', { group: 'sleepers' }),
  stage(
    'sleep',
    handle(
      (number, { signal, attempt }) => {
        process.send?.({ began: number, attempt, at: Date.now() });
        while (file !== '' && !existsSync(file)) Atomics.wait(still, 0, 0, 20);
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => process.send?.({ aborted: number }));
          finishes.push(() => resolve(number));
        });
      },
      { concurrency: 10 },
    ),
  ),
).run();
process.send?.({ ready: true });

process.on('message', async (message) => {
  if (message === 'stand still') process.kill(process.pid, 'SIGSTOP');
  if (message === 'finish') for (const finish of finishes.splice(0)) finish();
  if (message !== 'stop') return;
  await running.stop({ deadlineMs: 0 });
  await bus.close({ deadlineMs: 0 });
  process.disconnect();
});
