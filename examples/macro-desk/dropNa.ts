import type { OperatorFunction } from 'rxjs';
import { type Delivery, where } from 'sluice';
import type { Book } from './book.ts';
import { isObserved, type Observation, type Observed } from './observation.ts';

/** Drops the periods for which the provider has no value: acknowledged, and entered in the book. */
export function dropNa(book: Book): OperatorFunction<Delivery<Observation>, Delivery<Observed>> {
  return where((observation, { topic }): observation is Observed => {
    if (isObserved(observation)) return true;
    book.drop(topic);
    return false;
  });
}
