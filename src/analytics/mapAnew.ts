import { defer, map, type OperatorFunction } from 'rxjs';

/** `map` by a function that is made for each subscription, and once at the call: what makes no sense throws there. */
export function mapAnew<T, R>(make: () => (data: T) => R): OperatorFunction<T, R> {
  make();
  return (source) =>
    defer(() => {
      const made = make();
      return source.pipe(map((data) => made(data)));
    });
}
