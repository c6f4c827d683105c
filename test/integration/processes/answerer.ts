import { connect } from '../../../src/index.ts';
import { dbnomicsService } from '../../../src/services/index.ts';

/*
 * An instance of the service of DBnomics. Arguments: the store's URL, a name, DBnomics' address, how many requests may run
 * at once, the lease in ms, and 'uncached' to keep nothing. Tells how many it has answered when it is asked for `metrics`.
 */
const [store = '', name = '', baseUrl = '', concurrency = '16', leaseMs = '1000', keeps = ''] = process.argv.slice(2);

const bus = await connect({ store, name, consume: { leaseMs: Number(leaseMs) } });
bus.notices.subscribe(({ code, message }) => process.send?.({ notice: code, message }));
const running = dbnomicsService(bus, {
  api: { baseUrl },
  concurrency: Number(concurrency),
  ...(keeps === 'uncached' && { cache: false }),
  notify: ({ code, message }) => process.send?.({ notice: code, message }),
});
process.send?.({ ready: true });

process.on('message', async (message) => {
  if (message === 'metrics') process.send?.({ metrics: running.metrics() });
  if (message !== 'stop') return;
  await running.stop();
  await bus.close();
  process.disconnect();
});
