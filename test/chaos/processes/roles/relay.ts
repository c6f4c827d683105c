import { pipeline } from '../../../../src/index.ts';
import { bookkeeping } from '../bookkeeping.ts';
import type { Role } from './role.ts';

/** Handles each order and publishes it on, in one step with its ack. */
export const relay: Role = ({ bus, ledger, notify }) =>
  pipeline(
    'relay',
    bus.from('orders.*', { group: 'relay' }),
    bookkeeping(ledger, 'relay'),
    bus.to('placed.order', { atomic: true }),
  ).run({ notify });
