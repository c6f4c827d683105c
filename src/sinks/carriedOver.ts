import { propagation } from '@opentelemetry/api';
import type { Headers, Message } from '../core/message.ts';
import type { PublishOptions } from '../core/publisher.ts';

/** Options to publish what became of a message: its own priority, key and headers, where none are given. */
export function carriedOver<O extends PublishOptions>(message: Message, given: O): O {
  const { priority, key } = message;
  const own = key === undefined ? { priority } : { priority, key };
  return { ...own, ...given, headers: { ...travelling(message.headers), ...given.headers } };
}

// What tells of this one hop stays behind: the trace context, which the publisher writes anew (without a propagator
// nobody would, and the trace would end here), and what the bus itself noted, such as where a reply belongs.
function travelling(headers: Headers): Headers {
  const names = Object.keys(headers);
  if (names.length === 0) return headers;
  const rewritten = propagation.fields();
  const kept = names.filter((name) => !rewritten.includes(name) && !name.startsWith('sluice-'));
  return Object.fromEntries(kept.map((name) => [name, headers[name] as string]));
}
