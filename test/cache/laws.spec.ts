import { expect } from 'chai';
import fc from 'fast-check';
import { asyncScheduler, defer, finalize, map, mergeMap, throwError, timer } from 'rxjs';
import { type Process, virtualCache } from './support/virtualCache.ts';

const LOCAL_MS = 300;
const LEASE_MS = 900;

interface Ask {
  readonly kind: 'ask';
  readonly at: number;
  readonly who: number;
  readonly ttlMs: number;
  readonly staleMs: number;
  readonly staleIfErrorMs: number;
  readonly takesMs: number;
  readonly fails: boolean;
  /** Leaves after so long, if it is not answered. */
  readonly patienceMs: number;
}

interface Remove {
  readonly kind: 'remove' | 'clear';
  readonly at: number;
  readonly who: number;
}

/** The line of a process to the store is no good for a while. */
interface Fault {
  readonly at: number;
  readonly who: number;
  readonly forMs: number;
  readonly state: 'cut' | 'down';
}

interface Answer extends Ask {
  readonly state: string;
  /** When the call began that brought it: the value. */
  readonly calledMs: number;
  readonly ageMs: number;
  readonly answeredMs: number;
}

interface Flight {
  readonly from: number;
  to: number;
}

const ms = (max: number, min = 0) => fc.integer({ min, max });
const who = ms(2);
const asks = fc.record({
  kind: fc.constant('ask' as const),
  at: ms(12_000),
  who,
  ttlMs: ms(1_500, 1),
  staleMs: fc.oneof(fc.constant(0), ms(1_500)),
  staleIfErrorMs: fc.oneof(fc.constant(0), ms(3_000)),
  takesMs: fc.oneof(fc.constant(0), ms(100), ms(2_500)),
  fails: fc.boolean(),
  patienceMs: fc.oneof(ms(500), fc.constant(60_000)),
});
const faults = fc.record({
  at: ms(12_000),
  who,
  forMs: ms(4_000),
  state: fc.constantFrom('cut' as const, 'down' as const),
});
const trips = fc.array(ms(60), { minLength: 3, maxLength: 3 });
const removals = fc.record({ kind: fc.constantFrom('remove' as const, 'clear' as const), at: ms(12_000), who });

/** Plays it on three processes; what came of each request, and when calls were under way. */
function played(steps: readonly (Ask | Remove)[], tripsMs = [0, 0, 0], broken: readonly Fault[] = []) {
  const answers: Answer[] = [];
  const flights: Flight[] = [];
  let open = 0;
  virtualCache(({ process, at }) => {
    const processes = tripsMs.map((tripMs) => process({ localMs: LOCAL_MS, leaseMs: LEASE_MS }, { tripMs }));
    for (const { at: from, who, forMs, state } of broken) {
      const { line } = processes[who] as Process;
      at(from, () => {
        line.state = state;
      });
      at(from + forMs, () => {
        line.state = 'up';
      });
    }
    for (const step of steps) at(step.at, () => run(step, processes[step.who] as Process));
  });

  function run(step: Ask | Remove, { cache }: Process): void {
    if (step.kind !== 'ask') {
      const removed = step.kind === 'remove' ? cache.remove('k') : cache.clear();
      return void removed.catch(() => 'the line is down');
    }
    open += 1;
    const source = () =>
      defer(() => {
        const calledMs = asyncScheduler.now();
        const flight: Flight = { from: calledMs, to: Infinity };
        flights.push(flight);
        const end = timer(step.takesMs).pipe(
          mergeMap(() => (step.fails ? throwError(() => new Error('no')) : [0])),
          map(() => calledMs),
        );
        return end.pipe(
          finalize(() => {
            flight.to = asyncScheduler.now();
          }),
        );
      });
    const { ttlMs, staleMs, staleIfErrorMs } = step;
    const asked = cache.get('k', source, { ttlMs, staleMs, staleIfErrorMs }).subscribe({
      next: ({ value, state, ageMs }) =>
        answers.push({ ...step, state, ageMs, calledMs: Number(value), answeredMs: asyncScheduler.now() }),
      error: () => undefined,
    });
    asked.add(() => {
      open -= 1;
    });
    timer(step.patienceMs).subscribe(() => asked.unsubscribe());
  }
  return { answers, flights, open: () => open };
}

describe('whatever three processes ask of a key', () => {
  it('nothing is handed out that is older than who asked allows, and every request ends, whatever the lines do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(asks, removals), { maxLength: 40 }),
        trips,
        fc.array(faults, { maxLength: 5 }),
        (steps, tripsMs, broken) => {
          const { answers, open } = played(steps, tripsMs, broken);
          for (const { state, ageMs, ttlMs, staleMs, staleIfErrorMs, at, answeredMs } of answers) {
            const since = answeredMs - ageMs >= at;
            if (state === 'hit') expect(ageMs < ttlMs || since, 'fresh, or fetched since').to.equal(true);
            if (state === 'stale') expect(ageMs, 'stale').to.be.below(ttlMs + Math.max(staleMs, staleIfErrorMs));
          }
          expect(open()).to.equal(0);
        },
      ),
    );
  });

  it('one call at a time is under way, unless the key is removed', () => {
    fc.assert(
      fc.property(fc.array(asks, { maxLength: 40 }), (steps) => {
        const { flights } = played(steps);
        const sorted = flights.toSorted((a, b) => a.from - b.from);
        for (const [i, { from }] of sorted.entries()) {
          if (i > 0) expect(sorted[i - 1]?.to ?? 0, 'the one before has ended').to.be.at.most(from);
        }
      }),
    );
  });

  it('nothing is handed out behind localMs that was asked for before a removal', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(asks, removals), { maxLength: 40 }), trips, (steps, tripMs) => {
        const { answers } = played(steps, tripMs);
        const removed = steps.filter(({ kind }) => kind !== 'ask');
        for (const answer of answers) {
          for (const { at, who } of removed) {
            // A flight is asked about every localMs, and the answer has a way to go; what is kept, by when it was asked about.
            const bound = who === answer.who ? 0 : LOCAL_MS + (tripMs[answer.who] ?? 0);
            if (answer.at > at + (tripMs[who] ?? 0) + bound) expect(answer.calledMs).to.be.at.least(at);
          }
        }
      }),
    );
  });
});
