import { connect, handle, mapData } from '../../../src/index.ts';
import { work } from '../../support/work.ts';

/*
 * Makes two outputs of each input, in the step that acks it. Arguments: the store's URL; in which form the outputs' stream
 * is written; 'atomic', or 'apart' for outputs that are published by themselves.
 */
const [store = '', records = 'single', how = 'atomic'] = process.argv.slice(2);
const bus = await connect({ store, records: records as 'single', consume: { leaseMs: 500 } });
const atomic = how === 'atomic';

bus
  .from('in.*', { group: 'copiers' })
  .pipe(
    handle(() => work(Math.random() * 5), { concurrency: 20 }),
    mapData((_, { data }) => data),
    bus.to('out.first', { atomic }),
    bus.to('out.second', { atomic }),
  )
  .subscribe((delivery) => delivery.ack());
process.send?.({ started: true });
