import { expect } from 'chai';
import {
  concat,
  from,
  map,
  merge,
  mergeMap,
  NEVER,
  type OperatorFunction,
  pipe,
  Subject,
  throwError,
  timer,
} from 'rxjs';
import type { Delivery } from '../../src/core/delivery.ts';
import { InvalidOptionError, PermanentError } from '../../src/core/errors.ts';
import type { Priority } from '../../src/core/priority.ts';
import { acknowledge } from '../../src/operators/acknowledge.ts';
import type { CircuitChange } from '../../src/operators/circuit.ts';
import { type CircuitBreakOptions, circuitBreak } from '../../src/operators/circuitBreak.ts';
import { handle } from '../../src/operators/handle.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { FailingService } from '../support/failingService.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';
import { settledAt, virtualRun } from '../support/virtualRun.ts';

const QUICK: CircuitBreakOptions = { minimum: 2, coolDownMs: 20, concurrency: 1 };
const letters = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

describe('circuitBreak', () => {
  operatorCatalogue('circuitBreak', () => circuitBreak((source) => source));

  it('passes what the operator makes of deliveries, and their verdicts, while it is closed', () =>
    virtualRun(({ source, hot, flush, expectObservable }) => {
      const service = new FailingService();
      const out = hot('-a-b-c|').pipe(
        map((letter) => source.deliver(letter)),
        circuitBreak(service.handle()),
        map(({ data }) => data),
      );
      expectObservable(out).toBe('--a-b-(c|)', { a: 'a!', b: 'b!', c: 'c!' });
      flush();
      expect(source.unsettled).deep.equal(['a', 'b', 'c']);
    }));

  it('lets in what it held back once a probe is answered', () =>
    virtualRun(({ source, hot, flush, expectObservable }) => {
      const fails = handle((letter: string) => {
        if (letter < 'c') throw new Error('down');
      });
      const out = hot('    -a-b-c-d-------|').pipe(
        map((letter) => source.deliver(letter)),
        circuitBreak(fails, { minimum: 2, coolDownMs: 6 }),
        map(({ data }) => data),
      );
      expectObservable(out).toBe('---------(cd)--|');
      flush();
      expect(settledAt(source)).deep.equal(['1 fail a: down', '3 fail b: down']);
    }));

  it('fails deliveries until it opens, then holds them back and lets them in when it closes', () =>
    virtualRun(({ source, at, flush }) => {
      const service = new FailingService();
      const changes = new Subject<CircuitChange>();
      const told: string[] = [];
      changes.subscribe(({ from: was, to, reason }) => told.push(`${was} > ${to}: ${reason}`));
      from(letters(6))
        .pipe(
          map((letter) => source.deliver(letter)),
          circuitBreak(service.handle(), { ...QUICK, changes }),
          acknowledge(),
        )
        .subscribe();
      service.down = true;
      at(10, () => {
        service.down = false;
      });
      flush();
      expect(settledAt(source)).deep.equal([
        '1 fail 0: down',
        '2 fail 1: down',
        '23 ack 2',
        '24 ack 3',
        '25 ack 4',
        '26 ack 5',
      ]);
      expect(told).deep.equal([
        'closed > open: 2 of 2 failed within 10000 ms',
        'open > half-open: 20 ms have passed',
        'half-open > closed: a probe was answered',
      ]);
    }));

  it('uses up no attempts while it is not closed: what fails then is released', () =>
    virtualRun(({ source, flush }) => {
      const service = new FailingService();
      service.down = true;
      from(letters(9))
        .pipe(
          map((letter) => source.deliver(letter)),
          circuitBreak(service.handle(), { ...QUICK, concurrency: 4 }),
          acknowledge(),
        )
        .subscribe();
      flush();
      expect(settledAt(source)).deep.equal([
        '1 fail 0: down',
        '1 fail 1: down',
        // Inside when it opened.
        '1 release 2',
        '1 release 3',
        '2 release 4',
        // Probes.
        '22 release 5',
        '43 release 6',
        '64 release 7',
        '85 release 8',
      ]);
      expect(service.called).length(9);
    }));

  it('has an outage lose nothing, and use no more attempts than before it opened', () =>
    virtualRun(({ source, at, flush }) => {
      const service = new FailingService();
      const input = new Subject<Delivery<string>>();
      const attempts = new Map<string, number>();
      const done: string[] = [];
      // A source that hands out again what it gets back, at once or after a backoff.
      const hub = new (class extends TestSource {
        override settle(...[duty, verdict]: Parameters<TestSource['settle']>): void {
          super.settle(duty, verdict);
          const data = this.settlements.at(-1)?.data as string;
          if (verdict.kind === 'ack') return void done.push(data);
          const attempt = (attempts.get(data) ?? 1) + (verdict.kind === 'fail' ? 1 : 0);
          attempts.set(data, attempt);
          at(source.settlements.length + (verdict.kind === 'fail' ? 5 : 0), () =>
            input.next(this.deliver(data, { attempt })),
          );
        }
      })();
      input.pipe(circuitBreak(service.handle(), { ...QUICK, concurrency: 3 }), acknowledge()).subscribe();
      service.down = true;
      for (const letter of letters(20)) input.next(hub.deliver(letter));
      at(500, () => {
        service.down = false;
      });
      flush();
      expect(done.toSorted()).deep.equal(letters(20).toSorted());
      expect(Math.max(...attempts.values())).at.most(2);
    }));

  it('lets in so many probes, and opens again when one fails', () =>
    virtualRun(({ source, flush, at }) => {
      const service = new FailingService(5);
      service.down = true;
      from(letters(12))
        .pipe(
          map((letter) => source.deliver(letter)),
          circuitBreak(service.handle(), { ...QUICK, concurrency: 2, probes: 3 }),
          acknowledge(),
        )
        .subscribe();
      at(24, () => expect(service.called).length(3));
      at(26, () => expect(service.called).length(5));
      flush();
      expect(source.settlements).length(12);
    }));

  it('lets the most urgent in first', () =>
    virtualRun(({ source, flush, at }) => {
      const service = new FailingService();
      service.down = true;
      const priorityOf = (letter: string) => (letter === '5' ? 'critical' : 'normal') as Priority;
      from(letters(6))
        .pipe(
          map((letter) => source.deliver(letter, { priority: priorityOf(letter) })),
          circuitBreak(service.handle(), QUICK),
          acknowledge(),
        )
        .subscribe();
      at(10, () => {
        service.down = false;
      });
      flush();
      expect(service.called).deep.equal(['0', '5', '1', '2', '3', '4']);
    }));

  it("counts no failure that is the message's own, or that it is told not to", () => {
    const failing = (error: Error, options: CircuitBreakOptions) => {
      const source = new TestSource();
      from(letters(9))
        .pipe(
          map((letter) => source.deliver(letter)),
          circuitBreak(
            handle(() => {
              throw error;
            }),
            { ...QUICK, ...options },
          ),
        )
        .subscribe();
      return source.settlements.filter(({ verdict }) => verdict.kind === 'fail').length;
    };
    expect(failing(new PermanentError('bad'), {})).equal(9);
    expect(failing(new Error('busy'), { isFailure: ({ message }) => message !== 'busy' })).equal(9);
    expect(failing(new Error('busy'), { isFailure: ({ message }) => message === 'busy' })).equal(2);
    const throws = () => {
      throw new Error('no idea');
    };
    expect(failing(new Error('busy'), { isFailure: throws })).equal(2);
  });

  it('drops what others settle while it waits', () =>
    virtualRun(({ source, flush, at }) => {
      const service = new FailingService();
      service.down = true;
      const given = letters(4).map((letter) => source.deliver(letter));
      merge(from(given), NEVER).pipe(circuitBreak(service.handle(), QUICK), acknowledge()).subscribe();
      at(5, () => given[2]?.release());
      flush();
      expect(service.called).deep.equal(['0', '1', '3']);
    }));

  it('lets in at once what had been settled before it came', () => {
    const source = new TestSource();
    const seen: string[] = [];
    from(letters(5))
      .pipe(
        map((letter) => source.deliver(letter)),
        acknowledge(),
        circuitBreak(
          handle((data) => {
            seen.push(data);
            throw new Error('down');
          }),
          QUICK,
        ),
      )
      .subscribe();
    expect(seen).deep.equal(letters(5));
  });

  it('releases what waits when unsubscribed and when its source errors, and leaves no timer', () => {
    for (const end of ['unsubscribe', 'error'] as const) {
      virtualRun(({ source, flush, at }) => {
        const service = new FailingService();
        service.down = true;
        const gone = new Subject<Delivery<string>>();
        const given = letters(4).map((letter) => source.deliver(letter));
        const told: string[] = [];
        const changes = { next: ({ to }: CircuitChange) => void told.push(to) };
        const subscription = concat(from(given), gone)
          .pipe(circuitBreak(service.handle(), { ...QUICK, changes }))
          .subscribe({ error: () => undefined });
        at(10, () => (end === 'unsubscribe' ? subscription.unsubscribe() : gone.error(new Error('gone'))));
        flush();
        expect(settledAt(source)).deep.equal(['1 fail 0: down', '2 fail 1: down', '10 release 2', '10 release 3']);
        expect(told).deep.equal(['open']);
      });
    }
  });

  it("errors with the operator's error, and gives back what waits", () =>
    virtualRun(({ source, flush }) => {
      const errors: unknown[] = [];
      const given = letters(3).map((letter) => source.deliver(letter));
      const breaks: OperatorFunction<Delivery<string>, Delivery<string>> = (inside) =>
        merge(inside, timer(5).pipe(mergeMap(() => throwError(() => new Error('broken')))));
      merge(from(given), NEVER)
        .pipe(
          circuitBreak(
            pipe(
              handle(() => NEVER),
              breaks,
            ),
            QUICK,
          ),
        )
        .subscribe({ error: (error) => errors.push(error) });
      flush();
      expect(errors.map(String)).deep.equal(['Error: broken']);
      expect(source.log.toSorted()).deep.equal(['release 0', 'release 1', 'release 2']);
    }));

  it('has each subscription a circuit of its own', () => {
    const source = new TestSource();
    const broken = circuitBreak<Delivery<string>, unknown>(
      handle(() => {
        throw new Error('down');
      }),
      QUICK,
    );
    for (let i = 0; i < 2; i += 1) {
      const given = letters(4).map((letter) => source.deliver(letter));
      merge(from(given), NEVER).pipe(broken).subscribe().unsubscribe();
    }
    expect(source.log.filter((line) => line.startsWith('fail'))).length(4);
  });

  it('checks its arguments at the call', () => {
    const same: OperatorFunction<Delivery, Delivery> = (source) => source;
    expect(() => circuitBreak(undefined as never)).throw(
      InvalidOptionError,
      'operator is undefined: it takes a function',
    );
    const wrong: readonly [CircuitBreakOptions, string][] = [
      [{ failureRate: 0 }, 'failureRate is 0: it takes a number above 0, at most 1'],
      [{ failureRate: 1.1 }, 'failureRate is 1.1'],
      [{ minimum: 0 }, 'minimum is 0: it takes a whole number from 1'],
      [{ consecutive: 0 }, 'consecutive is 0'],
      [{ windowMs: 0 }, 'windowMs is 0: it takes milliseconds above 0'],
      [{ coolDownMs: -1 }, 'coolDownMs is -1'],
      [{ probes: 1.5 }, 'probes is 1.5'],
      [{ concurrency: Infinity }, 'concurrency is Infinity'],
      [{ isFailure: true as never }, 'isFailure is true: it takes a function'],
      [{ changes: 3 as never }, 'changes is 3: it takes an object with `next`'],
    ];
    for (const [options, says] of wrong) expect(() => circuitBreak(same, options)).throw(InvalidOptionError, says);
  });
});
