import { onlyAnswer } from '../../bus/requests/onlyAnswer.ts';
import type { AnyEndpoint, EndpointContext, Items } from '../endpoint.ts';

/** Runs an endpoint; one that answers with one value gives that as its only item. */
export function itemsOf(endpoint: AnyEndpoint, params: unknown, context: EndpointContext): Items<unknown> {
  const given = endpoint.run(params, context);
  return endpoint.kind === 'paged' ? (given as Items<unknown>) : onlyAnswer(given, context.message.id);
}
