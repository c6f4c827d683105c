import { randomUUID } from 'node:crypto';
import { type Bus, connect, InvalidOptionError, type Notice } from 'sluice';
import { UsageError } from './options.ts';
import { removeKeys } from './removeKeys.ts';

/**
 * Connects a bus, to this process's memory or to Redis, for as long as `use` takes. On Redis each run has keys of its own,
 * so that runs don't meet, and removes them.
 */
export async function withBus<T>(
  store: string | undefined,
  notify: (notice: Notice) => void,
  use: (bus: Bus) => Promise<T>,
): Promise<T> {
  const namespace = `macro-desk-${randomUUID()}`;
  const bus = await open({ store: store ?? 'memory', namespace });
  const notices = bus.notices.subscribe(notify);
  try {
    return await use(bus);
  } finally {
    await bus.close();
    notices.unsubscribe();
    if (store !== undefined) await removeKeys(store, namespace).catch((cause: Error) => notify(left(namespace, cause)));
  }
}

async function open(config: { readonly store: string; readonly namespace: string }): Promise<Bus> {
  try {
    return await connect(config);
  } catch (cause) {
    throw cause instanceof InvalidOptionError ? new UsageError(asFlag(cause.message), { cause }) : cause;
  }
}

/** The option as the command line calls it; a wrong environment variable is named as it is. */
function asFlag(message: string): string {
  return message.startsWith('store ') ? `--${message}` : message;
}

function left(namespace: string, { message }: Error): Notice {
  return { level: 'warn', code: 'KEYS_LEFT', message: `the keys '${namespace}:*' were not removed: ${message}` };
}
