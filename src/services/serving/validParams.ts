import { describe, toError } from '../../core/errors.ts';
import type { AnyEndpoint } from '../endpoint.ts';
import { EndpointError } from '../endpointError.ts';
import { issuesOf, sentenceOf } from './issues.ts';

/** The parameters as the endpoint's schema makes them. Rejects with `EndpointError` `INVALID_PARAMS`. */
export async function validParams({ params: schema, takes }: AnyEndpoint, params: unknown): Promise<unknown> {
  // Nothing is no parameters: `bus.request(topic, undefined)` could not be sent.
  const result = await validated(schema, params ?? {});
  if (!result.issues) return result.value;
  const shape = takes === undefined ? '' : `; it takes ${takes}`;
  const message = `the parameters ${describe(params)} are not as they should be: ${sentenceOf(result.issues)}${shape}`;
  const details = { issues: issuesOf(result.issues), ...(takes !== undefined && { takes }) };
  throw new EndpointError('INVALID_PARAMS', message, { details });
}

async function validated({ '~standard': standard }: AnyEndpoint['params'], params: unknown) {
  try {
    return await standard.validate(params);
  } catch (cause) {
    return { issues: [{ message: `the schema failed on it: ${toError(cause).name}` }] };
  }
}
