import type { StoreFeature } from '../../core/store.ts';
import type { ContractWorld } from './contractWorld.ts';

/** One rule of the contract. */
export interface ContractCase {
  readonly rule: string;
  /** Runs only for stores that promise this. */
  readonly needs?: StoreFeature;
  readonly run: (world: ContractWorld) => void | Promise<void>;
}
