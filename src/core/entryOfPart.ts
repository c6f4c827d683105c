import { InvalidOptionError } from './errors.ts';
import type { Entry, Settlement } from './store.ts';

/**
 * What a rejected message of a record batch would be as an entry of its own.
 *
 * @param place where in `parts.indexes` it is
 * @throws {InvalidOptionError} if the settlement lacks its record
 */
export function entryOfPart({ priority, id, attempt, parts }: Settlement, place: number): Entry {
  const record = parts?.records?.[place];
  if (!parts || !record) throw new InvalidOptionError('parts.records', parts?.records, 'a record for each message');
  return { ...record, priority, id: `${id}#${parts.indexes[place]}`, attempt };
}
