import type { StoreFeature, StreamStore } from '../../core/store.ts';
import type { RawAccess } from './rawAccess.ts';

type Maybe<T> = T | Promise<T>;

/** How the contract reaches a store. */
export interface StoreHarness {
  /** The store's name, one word: the suite is called `store contract: <name>`. */
  readonly name: string;
  /** What the store promises; its cases run too. The suite checks that the store declares the same. */
  readonly features?: readonly StoreFeature[];
  /** Makes a store; called before each case, which closes it. Streams have new names in each, so the place may be the same. */
  open(): Maybe<StreamStore>;
  /** A second store over the same place as the one given; for `shared`. */
  again?(first: StreamStore): Maybe<StreamStore>;
  /** Reaches into the store from outside; for `raw`. */
  raw?(store: StreamStore): Maybe<RawAccess>;
  /** Runs once, before everything: the place to start a server. */
  before?(): Maybe<void>;
  /** Runs once, after everything. */
  after?(): Maybe<void>;
  /** The lease of consumers that are to die, in ms; what stays alive renews four times in it. @default 400 */
  readonly leaseMs?: number;
  /** How many takes may wait at once, each on a stream of its own. @default 200 */
  readonly waitingTakes?: number;
  /** The largest payload to try, in bytes. @default 4_194_304 */
  readonly largeBytes?: number;
}
