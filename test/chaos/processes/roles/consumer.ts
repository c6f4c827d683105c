import { type FromTopicsOptions, pipeline } from '../../../../src/index.ts';
import { bookkeeping } from '../bookkeeping.ts';
import type { Role } from './role.ts';

/** A consumer that handles what matches, and enters it into its ledger. */
export function consumer(pattern: string, options: FromTopicsOptions): Role {
  return ({ bus, ledger, notify }) =>
    pipeline(options.group, bus.from(pattern, options), bookkeeping(ledger, options.group)).run({ notify });
}
