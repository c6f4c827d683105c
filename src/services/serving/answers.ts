import type { Items } from '../endpoint.ts';
import type { CacheMark } from '../reply.ts';

/** What an endpoint gives, and where it comes from. */
export interface Answers {
  /** The items; of an endpoint that answers with one value, that. */
  readonly items: Items<unknown>;
  /** Known once the items are over; undefined of what was fetched for this request alone. */
  readonly mark: () => CacheMark | undefined;
}
