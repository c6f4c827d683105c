import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type OperatorFunction, pipe } from 'rxjs';
import type { Delivery } from '../core/delivery.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { described } from '../internal/graph.ts';
import { feed, operate } from '../internal/operate.ts';
import { handle } from './handle.ts';
import { passOn } from './passOn.ts';
import { ValidationError } from './validationError.ts';

/**
 * Passes on what a schema accepts, with the schema's output as data; rejects the rest with the issues. Any Standard
 * Schema (version 1, https://standardschema.dev) will do: zod, valibot, arktype.
 *
 *     source:          -a-b-x-c-|
 *     validate(Order): -A-B---C-|    x is rejected
 *
 * Order: kept, also where a schema is asynchronous: it validates one delivery at a time. Memory: what waits meanwhile is
 * bounded by the source's credit. Settlement: what does not fit is rejected with a `ValidationError`, which goes with it
 * to the dead letters. Errors: what the schema throws fails the delivery, and the stream goes on.
 *
 * @example
 * const Order = z.object({ id: z.string(), qty: z.number().positive() });
 * bus.from('orders.*', { group: 'check' }).pipe(validate(Order), handle(({ qty }) => book(qty)));
 *
 * @throws {InvalidOptionError} if it is no Standard Schema
 */
export function validate<S extends StandardSchemaV1>(
  schema: S,
): OperatorFunction<Delivery, Delivery<StandardSchemaV1.InferOutput<S>>> {
  if (!isSchema(schema)) {
    throw new InvalidOptionError('schema', schema, 'a Standard Schema, such as one of zod, valibot or arktype');
  }
  const { '~standard': standard } = schema as StandardSchemaV1<unknown, StandardSchemaV1.InferOutput<S>>;
  const check = handle((data: unknown) => standard.validate(data));
  return described(
    { kind: 'operator', name: 'validate', attributes: { vendor: standard.vendor } },
    pipe(check, accepted<StandardSchemaV1.InferOutput<S>>()),
  );
}

/** Opens results: the output of those that are valid goes on. */
function accepted<T>(): OperatorFunction<Delivery<StandardSchemaV1.Result<T>>, Delivery<T>> {
  return operate((source, subscriber) =>
    feed(source, subscriber, {
      next: (delivery) => {
        const { data: result } = delivery;
        if (result.issues) delivery.reject(new ValidationError(result.issues, delivery.message.id));
        else passOn(subscriber, delivery.with(result.value));
      },
    }),
  );
}

function isSchema(value: unknown): value is StandardSchemaV1 {
  // Arktype's schemas are functions.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof (value as Partial<StandardSchemaV1>)['~standard']?.validate === 'function';
}
