import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import { expect } from 'chai';
import { map, of } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { InvalidOptionError, PermanentError } from '../../src/core/errors.ts';
import type { Verdict } from '../../src/core/outcome.ts';
import { validate } from '../../src/operators/validate.ts';
import { ValidationError } from '../../src/operators/validationError.ts';
import { TestSource } from '../../src/testing/testSource.ts';
import { deliveryMarbles } from '../support/deliveryMarbles.ts';
import { eventually } from '../support/eventually.ts';
import { operatorCatalogue } from '../support/operatorCatalogue.ts';

const GOOD = { id: 'o-1', qty: 2, legs: [{ price: '1.5' }] };
const BAD = { id: 'o-2', qty: -1, legs: [{ price: 1.5 }] };

const schemas = {
  zod: z.object({ id: z.string(), qty: z.number().positive(), legs: z.array(z.object({ price: z.string() })) }),
  valibot: v.object({
    id: v.string(),
    qty: v.pipe(v.number(), v.minValue(0)),
    legs: v.array(v.object({ price: v.string() })),
  }),
  arktype: type({ id: 'string', qty: 'number > 0', legs: type({ price: 'string' }).array() }),
};

function errorOf(verdict: Verdict | undefined): ValidationError {
  if (verdict?.kind === 'reject' && verdict.error instanceof ValidationError) return verdict.error;
  throw new Error(`not rejected with a ValidationError: ${JSON.stringify(verdict)}`);
}

/** A schema that finds what it is told to. */
function schemaOf<T>(check: StandardSchemaV1<unknown, T>['~standard']['validate']): StandardSchemaV1<unknown, T> {
  return { '~standard': { version: 1, vendor: 'test', validate: check } };
}

describe('validate', () => {
  operatorCatalogue('validate', () => validate(z.string()));

  for (const [vendor, schema] of Object.entries(schemas)) {
    it(`passes on what a schema of ${vendor} accepts and rejects the rest, naming path and issue`, () => {
      const source = new TestSource();
      const seen: unknown[] = [];
      of(source.deliver(GOOD), source.deliver(BAD), source.deliver(GOOD))
        .pipe(validate(schema as StandardSchemaV1))
        .subscribe(({ data }) => seen.push(data));
      expect(seen).deep.equal([GOOD, GOOD]);
      expect(source.settlements).length(1);
      const error = errorOf(source.settlements[0]?.verdict);
      expect(error).instanceOf(PermanentError).includes({ code: 'VALIDATION', messageId: 'test-2' });
      expect(error.issues).length(2);
      expect(error.message)
        .match(/^message 'test-2' is not valid: /)
        .includes('qty: ')
        .includes('legs.0.price: ');
    });
  }

  it("makes the schema's output the data, undefined included", () => {
    const seen: unknown[] = [];
    const source = new TestSource();
    of(source.deliver('42'))
      .pipe(validate(z.coerce.number()))
      .subscribe(({ data }) => seen.push(data));
    of(source.deliver('42'))
      .pipe(validate(z.string().transform(() => undefined)))
      .subscribe(({ data }) => seen.push(data));
    expect(seen).deep.equal([42, undefined]);
    expect(source.unsettled).length(2);
  });

  it('keeps the order where the schema is asynchronous', async () => {
    const source = new TestSource();
    const seen: string[] = [];
    const slowFirst = z.string().refine(async (letter) => {
      for (let i = letter === 'a' ? 9 : 0; i > 0; i--) await Promise.resolve();
      return letter !== 'x';
    });
    of('a', 'x', 'b')
      .pipe(
        map((letter) => source.deliver(letter)),
        validate(slowFirst),
      )
      .subscribe({ next: ({ data }) => seen.push(data), complete: () => seen.push('|') });
    await eventually(() => expect(seen).deep.equal(['a', 'b', '|']), { everyMs: 1 });
    expect(source.settlements.map(({ data, verdict }) => `${verdict.kind} ${data}`)).deep.equal(['reject x']);
  });

  it('rejects in its place and goes on', () =>
    deliveryMarbles(({ cold, deliveries, dataOf, expectObservable, flush, source }) => {
      const result = deliveries(cold('-a-x-c-|')).pipe(validate(z.enum(['a', 'c'])));
      expectObservable(dataOf(result)).toBe('-a---c-|');
      flush();
      expect(source.settlements.map(({ at, data }) => `${at} ${data}`)).deep.equal(['3 x']);
    }));

  it('fails what the schema throws at, or its Promise rejects, and goes on', async () => {
    const throwing = schemaOf(() => {
      throw new Error('broken');
    });
    const rejecting = schemaOf(() => Promise.reject(new Error('broken')));
    for (const schema of [throwing, rejecting]) {
      const source = new TestSource();
      of(source.deliver('a'), source.deliver('b')).pipe(validate(schema)).subscribe();
      await eventually(() => expect(source.log).deep.equal(['fail a: broken', 'fail b: broken']), { everyMs: 1 });
    }
  });

  it('names three issues at most, and keeps them all', () => {
    const issues = ['one', 'two', 'three', 'four', 'five'].map((message) => ({ message }));
    const source = new TestSource();
    of(source.deliver('a'))
      .pipe(validate(schemaOf(() => ({ issues }))))
      .subscribe();
    const error = errorOf(source.settlements[0]?.verdict);
    expect(error.message).equal("message 'test-1' is not valid: one; two; three; and 2 more");
    expect(error.issues).deep.equal(issues);
  });

  it('writes paths of keys and of segments', () => {
    const issues = [{ message: 'no', path: ['a', { key: 0 }, Symbol('s')] }];
    const error = new ValidationError(issues, 'm-1');
    expect(error.message).equal("message 'm-1' is not valid: a.0.Symbol(s): no");
  });

  it('takes a Standard Schema only', () => {
    for (const schema of [undefined, null, {}, () => true, { '~standard': {} }, 'string']) {
      expect(() => validate(schema as never)).throw(InvalidOptionError, /^schema is .*: it takes a Standard Schema/);
    }
  });
});
