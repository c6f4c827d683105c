import type { match, P } from 'ts-pattern';

/** What `P.narrow` makes of T; T itself where the pattern says nothing of it. */
type Taken<T, Case> = [P.narrow<T, Case>] extends [never] ? T : P.narrow<T, Case>;

/** What `match(value).with(pattern, …)` of ts-pattern returns: its own account of what is handled then. */
declare function step<T, Case extends P.Pattern<T>>(
  matching: ReturnType<typeof match<T>>,
): ReturnType<typeof matching.with<Case, never, Taken<T, Case>>>;

/** What is left of T once a pattern has taken its part, as ts-pattern reckons it: never when nothing is. */
export type Unmatched<T, Case extends P.Pattern<T>> =
  ReturnType<typeof step<T, Case>> extends {
    narrow(): { otherwise(handler: (value: infer Left) => unknown): unknown };
  }
    ? Left
    : never;
