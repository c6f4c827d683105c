import { connect } from '../../../src/index.ts';

/*
 * Consumes record batches: acks even numbers, and never settles odd ones. Tells of each message, and once the store knows
 * of every ack. Argument: the store's URL.
 */
const [store = ''] = process.argv.slice(2);
const bus = await connect({ store, consume: { leaseMs: 500 } });

bus.from('orders.*', { group: 'partly' }).subscribe((delivery) => {
  const number = delivery.data as number;
  if (number % 2 === 0) delivery.ack();
  process.send?.({ number });
});
process.on('message', async () => {
  // Asks for the settlements so far to be told.
  await bus.stats();
  process.send?.({ told: true });
});
