import { handle, pipeline, toNdjson } from '../../../../src/index.ts';
import { begun, ended } from '../bookkeeping.ts';
import type { Item, Role } from './role.ts';

/** Writes each job into a file. Its disk may be full for a while, so it never gives a message up. */
export const filer: Role = ({ bus, ledger, settings, notify }) =>
  pipeline(
    'file',
    bus.from('jobs.*', { group: 'file', attempts: Infinity }),
    handle((_, { message, attempt }) => ledger.write(begun('file', message, attempt))),
    toNdjson(settings.sink),
    handle((data, { attempt }) => ledger.write(ended('done', 'file', data as Item, attempt))),
  ).run({ notify });
