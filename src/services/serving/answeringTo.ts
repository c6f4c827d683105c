import type { Answering, AnsweringSetup } from './answering.ts';
import { CallbackAnswering } from './callbackAnswering.ts';
import { RequesterAnswering } from './requesterAnswering.ts';
import type { Address } from './serviceRequest.ts';

export function answeringTo(address: Address, setup: AnsweringSetup): Answering {
  if (address.kind === 'callback') return new CallbackAnswering(address.topic, setup);
  return address.kind === 'requester' ? new RequesterAnswering(address, setup) : NOBODY;
}

/** Of a request without an address: it is run for what else it does, such as to fill the cache. */
const NOBODY: Answering = {
  progress: () => undefined,
  page: async () => undefined,
  result: async () => undefined,
  failure: async () => undefined,
};
