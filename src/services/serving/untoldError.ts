import { PermanentError } from '../../core/errors.ts';
import type { PublishOptions } from '../../core/publisher.ts';

type Publish = (topic: string, data: unknown, options: PublishOptions) => Promise<unknown>;

/** A reply that could not be sent: the request is to be handled again. */
export class UntoldError extends Error {
  constructor(override readonly cause: unknown) {
    super('a reply could not be sent', { cause });
  }
}

/** Tells apart what the endpoint failed with from what its replies did. What no repetition mends is told as a failure. */
export function telling(publish: Publish): Publish {
  return async (topic, data, options) => {
    try {
      return await publish(topic, data, options);
    } catch (cause) {
      throw cause instanceof PermanentError ? cause : new UntoldError(cause);
    }
  };
}
