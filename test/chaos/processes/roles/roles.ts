import type { RoleName } from '../settings.ts';
import { consumer } from './consumer.ts';
import { filer } from './filer.ts';
import { producer } from './producer.ts';
import { relay } from './relay.ts';
import type { Role } from './role.ts';

/** Every role that a process can play. */
export const ROLE_TABLE: Readonly<Record<RoleName, Role>> = {
  producer,
  relay,
  filer,
  keeper: consumer('orders.*', { group: 'keepers', orderBy: 'key' }),
  worker: consumer('jobs.*', { group: 'workers', attempts: 12 }),
  tally: consumer('placed.*', { group: 'tally' }),
};
