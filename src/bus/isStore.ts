const METHODS = ['open', 'append', 'createGroup', 'join', 'renew', 'leave', 'take', 'settle', 'read', 'stats', 'trim'];

/** Whether a bus can be connected to this: `'memory'`, a URL, or a `StreamStore`. */
export function isStore(value: unknown): boolean {
  if (typeof value === 'string') return value === 'memory' || isStoreUrl(value);
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((method) => typeof (value as Record<string, unknown>)[method] === 'function');
}

/** Several hosts make it no URL by the standard; what is wrong further in, the adapter says. */
const SEVERAL = /^rediss?\+(sentinel|cluster):\/\/[^/?#]/i;

function isStoreUrl(text: string): boolean {
  if (SEVERAL.test(text)) return true;
  const { protocol, hostname = '', pathname = '' } = URL.parse(text) ?? {};
  if (protocol === 'redis:' || protocol === 'rediss:') return hostname !== '';
  return protocol === 'unix:' && pathname.length > 1;
}
