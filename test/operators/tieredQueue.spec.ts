import { expect } from 'chai';
import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import { InvalidOptionError } from '../../src/core/errors.ts';
import { PRIORITIES, type Priority } from '../../src/core/priority.ts';
import { type PriorityOptions, priorityRules } from '../../src/operators/priorityOptions.ts';
import { TieredQueue } from '../../src/operators/tieredQueue.ts';

const AGE_MS = 100;
const never = { ageMs: Infinity };

/** A queue whose clock the test sets, of items that are told by tier and number. */
class Line {
  nowMs = 0;
  readonly queue: TieredQueue<string>;
  private readonly counts = { critical: 0, high: 0, normal: 0, low: 0 };

  constructor(options: PriorityOptions = {}) {
    const scheduler = new VirtualTimeScheduler(undefined, Infinity);
    scheduler.now = () => this.nowMs;
    this.queue = new TieredQueue(priorityRules({ ageMs: AGE_MS, scheduler, ...options }));
  }

  push(priority: Priority, count = 1): void {
    for (let i = 0; i < count; i += 1) {
      this.counts[priority] += 1;
      this.queue.push(`${priority} ${this.counts[priority]}`, priority);
    }
  }

  take(count: number): readonly string[] {
    return Array.from({ length: count }, () => this.queue.shift() ?? 'none');
  }

  /** How many of each tier are among the next. */
  shares(count: number): Readonly<Record<string, number>> {
    const shares: Record<string, number> = {};
    for (const item of this.take(count)) {
      const [tier = ''] = item.split(' ');
      shares[tier] = (shares[tier] ?? 0) + 1;
    }
    return shares;
  }
}

const anyTier = fc.constantFrom(...PRIORITIES);
const anyOptions: fc.Arbitrary<PriorityOptions> = fc.oneof(
  fc.record({ policy: fc.constant('strict' as const), ageMs: fc.constantFrom(AGE_MS, Infinity) }),
  fc.record({
    policy: fc.constant('weighted' as const),
    ageMs: fc.constantFrom(AGE_MS, Infinity),
    weights: fc.record({ critical: fc.integer({ min: 1, max: 9 }), low: fc.double({ min: 0.1, max: 3, noNaN: true }) }),
  }),
);

describe('TieredQueue', () => {
  it('gives the most urgent first, and within a tier what came first', () => {
    fc.assert(
      fc.property(fc.array(anyTier), (priorities) => {
        const queue = new TieredQueue<string>(priorityRules(never));
        priorities.forEach((priority, i) => {
          queue.push(`${priority} ${i}`, priority);
        });
        const expected = PRIORITIES.flatMap((tier) =>
          priorities.flatMap((priority, i) => (priority === tier ? [`${priority} ${i}`] : [])),
        );
        expect(queue.size).to.equal(expected.length);
        expect(expected.map(() => queue.shift())).to.deep.equal(expected);
        expect([queue.shift(), queue.size]).to.deep.equal([undefined, 0]);
      }),
    );
  });

  it('gives each item once, in order of its tier, whatever the policy and the time', () => {
    const step = fc.oneof(
      anyTier.map((push) => ({ push })),
      fc.constant({}),
      fc.nat({ max: 3 * AGE_MS }).map((wait) => ({ wait })),
    );
    fc.assert(
      fc.property(anyOptions, fc.array(step, { maxLength: 80 }), (options, steps) => {
        const line = new Line(options);
        const [put, got]: [Record<string, number>, Record<string, number>] = [{}, {}];
        const take = () => {
          const [tier = '', number] = (line.queue.shift() ?? '').split(' ');
          if (tier === '') return false;
          expect(Number(number)).to.equal((got[tier] ?? 0) + 1);
          got[tier] = Number(number);
          return true;
        };
        for (const { push, wait } of steps as { push?: Priority; wait?: number }[]) {
          if (wait !== undefined) line.nowMs += wait;
          else if (push === undefined) take();
          else {
            line.push(push);
            put[push] = (put[push] ?? 0) + 1;
          }
        }
        while (take());
        expect([got, line.queue.size]).to.deep.equal([put, 0]);
      }),
    );
  });

  it('counts and drops by tier', () => {
    const line = new Line();
    line.push('low', 2);
    line.push('high');
    expect(PRIORITIES.map((tier) => line.queue.sizeOf(tier))).to.deep.equal([0, 1, 0, 2]);
    expect([line.queue.shiftOf('low'), line.queue.shiftOf('normal')]).to.deep.equal(['low 1', undefined]);
    expect(line.take(3)).to.deep.equal(['high 1', 'low 2', 'none']);
  });

  describe('strict', () => {
    it('starves the less urgent without ageing', () => {
      const line = new Line(never);
      line.push('low');
      line.nowMs = 1e9;
      for (let i = 0; i < 100; i += 1) {
        line.push('critical', 2);
        expect(line.take(1)[0]).to.match(/^critical/);
      }
    });

    it('keeps the urgent first when the clock is put back', () => {
      const line = new Line();
      line.nowMs = 100 * AGE_MS;
      line.push('critical', 2);
      line.push('high');
      expect(line.take(1)).to.deep.equal(['critical 1']);
      line.nowMs = 0;
      line.push('low', 2);
      expect(line.take(2)).to.deep.equal(['critical 2', 'high 1']);
    });

    it('lets what has been passed over for ageMs rise by a tier, and again after that', () => {
      const line = new Line();
      line.push('low');
      const before = (tier: Priority, nowMs: number) => {
        line.nowMs = nowMs;
        line.push(tier);
        return line.take(1)[0];
      };
      expect(before('normal', 1_000)).to.equal('normal 1');
      expect(before('normal', 1_000 + AGE_MS - 1)).to.equal('normal 2');
      expect(before('high', 1_000 + 2 * AGE_MS - 1)).to.equal('high 1');
      expect(before('critical', 1_000 + 3 * AGE_MS - 1)).to.equal('critical 1');
      expect(before('critical', 1_000 + 3 * AGE_MS)).to.equal('low 1');
    });

    it('counts no time in which nothing went before it', () => {
      const line = new Line();
      line.push('low', 2);
      line.nowMs = 10 * AGE_MS;
      expect(line.take(1)).to.deep.equal(['low 1']);
      line.push('normal');
      expect(line.take(2)).to.deep.equal(['normal 1', 'low 2']);
    });

    it('tells the age of each by itself', () => {
      const line = new Line();
      line.push('low');
      for (let i = 0; i < 5; i += 1) {
        line.push('normal');
        expect(line.take(1)).to.deep.equal([`normal ${i + 1}`]);
      }
      expect(line.take(1)).to.deep.equal(['low 1']);
      line.nowMs = 10 * AGE_MS;
      line.push('low');
      line.push('normal');
      expect(line.take(1)).to.deep.equal(['normal 6']);
    });

    it('keeps nothing critical behind more than three others, however long those have waited', () => {
      const line = new Line();
      for (const tier of ['low', 'normal', 'high'] as const) line.push(tier, 1_000);
      line.take(1);
      line.nowMs = 10 * AGE_MS;
      expect(line.shares(99)).to.deep.equal({ low: 33, normal: 33, high: 33 });
      line.push('critical');
      expect(line.take(4)).to.include('critical 1');
    });

    it('hands out what has aged within 4 (n + 1), with n before it, in a flood of all that is more urgent', () => {
      const line = new Line();
      line.push('low', 10);
      for (const tier of ['critical', 'high', 'normal'] as const) line.push(tier, 1_000);
      line.take(1);
      line.nowMs = 3 * AGE_MS;
      expect(line.take(40)).to.include('low 10');
    });
  });

  describe('weighted', () => {
    const weighted = { policy: 'weighted', ...never } as const;

    it('shares as 8, 4, 2 and 1, unless told otherwise', () => {
      const line = new Line(weighted);
      for (const tier of PRIORITIES) line.push(tier, 2_000);
      expect(line.shares(1_500)).to.deep.equal({ critical: 800, high: 400, normal: 200, low: 100 });
      const own = new Line({ ...weighted, weights: { critical: 1, low: 3 } });
      for (const tier of ['critical', 'low'] as const) own.push(tier, 2_000);
      expect(own.shares(1_000)).to.deep.equal({ critical: 250, low: 750 });
    });

    it('gives a tier no more for having been away', () => {
      const line = new Line(weighted);
      line.push('low', 500);
      line.push('critical', 1);
      line.take(400);
      line.push('critical', 100);
      expect(line.shares(18)).to.deep.equal({ critical: 16, low: 2 });
    });

    it('shares out evenly at any time: none is behind its share by more than one hand-out', () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 4, maxLength: 4 }), (weights) => {
          const [critical = 1, high = 1, normal = 1, low = 1] = weights;
          const line = new Line({ ...weighted, weights: { critical, high, normal, low } });
          for (const tier of PRIORITIES) line.push(tier, 200);
          const sum = critical + high + normal + low;
          let taken = 0;
          const got: Record<string, number> = { critical: 0, high: 0, normal: 0, low: 0 };
          while (taken < 150) {
            const [tier = ''] = (line.take(1)[0] as string).split(' ');
            got[tier] = (got[tier] as number) + 1;
            taken += 1;
            for (const [i, each] of PRIORITIES.entries()) {
              const share = (weights[i] as number) / sum;
              if ((got[each] as number) < Math.floor(share * (taken - 1) - 1e-9)) {
                expect.fail(`${each} got ${got[each]} of ${taken}`);
              }
            }
          }
        }),
      );
    });

    it('has a tier of weight w wait for no more than 1 + 3 (W / w + 1) hand-outs, however the others age', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
          anyTier,
          fc.array(fc.nat({ max: 2 * AGE_MS }), { minLength: 60, maxLength: 60 }),
          (numbers, patient, waits) => {
            const weights = Object.fromEntries(PRIORITIES.map((tier, i) => [tier, numbers[i] as number]));
            const line = new Line({ policy: 'weighted', weights, ageMs: AGE_MS });
            for (const tier of PRIORITIES) if (tier !== patient) line.push(tier, 500);
            for (const wait of waits.slice(0, 30)) {
              line.nowMs += wait;
              line.take(1);
            }
            line.push(patient);
            const bound = 1 + 3 * (Math.max(...numbers) / (weights[patient] as number) + 1);
            let handed = 0;
            for (let item = ''; item !== `${patient} 1`; handed += 1) {
              line.nowMs += waits[30 + (handed % 30)] as number;
              item = line.take(1)[0] as string;
            }
            expect(handed).to.be.at.most(Math.ceil(bound));
          },
        ),
      );
    });

    it('gives what has aged the weight of the tier it has risen to', () => {
      const line = new Line({ policy: 'weighted' });
      line.push('low', 500);
      line.push('critical', 500);
      line.take(17);
      line.nowMs = 3 * AGE_MS;
      expect(line.shares(100)).to.deep.equal({ critical: 50, low: 50 });
    });
  });

  it('refuses rules that make no sense', () => {
    const wrong: readonly [PriorityOptions, string][] = [
      [{ policy: 'fair' as never }, "policy is 'fair': it takes 'strict' or 'weighted'"],
      [{ ageMs: 0 }, 'ageMs is 0: it takes a number of ms above 0, or Infinity'],
      [{ ageMs: Number.NaN }, 'ageMs is NaN'],
      [{ weights: { low: 2 } }, 'weights is {"low":2}: it takes nothing unless policy is \'weighted\''],
      [{ policy: 'weighted', weights: { low: 0 } }, 'weights.low is 0: it takes a number above 0'],
      [{ policy: 'weighted', weights: { low: Infinity } }, 'weights.low is Infinity'],
      [{ policy: 'weighted', weights: { urgent: 1 } as never }, 'weights.urgent is 1: it takes nothing: the tiers are'],
      [{ policy: 'weighted', weights: 3 as never }, 'weights is 3: it takes an object'],
    ];
    for (const [options, says] of wrong) expect(() => priorityRules(options)).to.throw(InvalidOptionError, says);
  });
});
