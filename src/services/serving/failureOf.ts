import { HttpError, HttpRateLimitError } from '../../adapters/http/index.ts';
import { SluiceError } from '../../core/errors.ts';
import { EndpointError } from '../endpointError.ts';
import type { Failure } from '../reply.ts';
import { shortened } from './shortened.ts';

/**
 * What may be told of an error to whoever asked. Messages of Sluice's own errors are made to be shown; what others say may
 * quote anything, a password too, so that they are told by their kind alone.
 */
export function failureOf(error: Error): Failure {
  const { code, message } = told(error);
  const details = detailsOf(error);
  return { code, message: shortened(message), retryable: isRetryable(error), ...(details && { details }) };
}

/** Whether the reply tells of the error itself, and not of its kind alone. */
export function isTold(error: Error): error is SluiceError {
  return error instanceof SluiceError;
}

function told(error: Error): { readonly code: string; readonly message: string } {
  if (isTold(error)) return error;
  return { code: 'INTERNAL', message: `the endpoint failed (${error.name}): the notices of the service say more` };
}

function isRetryable(error: Error): boolean {
  return isTold(error) && Reflect.get(error, 'retryable') === true;
}

function detailsOf(error: Error): Failure['details'] {
  if (error instanceof EndpointError) return error.details;
  if (!(error instanceof HttpError)) return undefined;
  const { url, status } = error;
  const retryAfterMs = error instanceof HttpRateLimitError ? error.retryAfterMs : undefined;
  return { url, ...(status !== undefined && { status }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
