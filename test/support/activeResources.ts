export type Resources = ReadonlyMap<string, number>;

interface Handle {
  constructor: { name: string };
  pid?: number;
  spawnfile?: string;
  listening?: boolean;
  address?(): { address?: string; port?: number } | string | null;
  remoteAddress?: string;
  remotePort?: number;
}

const isStdio = (handle: unknown): boolean =>
  handle === process.stdin || handle === process.stdout || handle === process.stderr;

function nameOf(handle: Handle): string {
  if (handle.spawnfile !== undefined) return `child process ${handle.spawnfile} (pid ${handle.pid})`;
  if (handle.remotePort !== undefined) return `socket to ${handle.remoteAddress}:${handle.remotePort}`;
  const address = handle.listening === true ? handle.address?.() : undefined;
  if (address !== undefined) return `server on ${JSON.stringify(address)}`;
  return handle.constructor.name;
}

// Undocumented, but the only way to say which socket; the documented call below gives types alone.
const openHandles = (): Handle[] =>
  (process as unknown as { _getActiveHandles?(): Handle[] })._getActiveHandles?.() ?? [];

const HANDLES = /^(TCP|Pipe|Process|TTY|UDP|TLS|HTTP)/;
const PASSING = new Set(['CloseReq', 'Immediate', 'TickObject']);

/** What keeps the event loop alive now, by name. */
export function activeResources(): Resources {
  const handles = openHandles()
    .filter((handle) => !isStdio(handle))
    .map(nameOf);
  const others = process.getActiveResourcesInfo().filter((type) => !PASSING.has(type) && !HANDLES.test(type));
  const counts = new Map<string, number>();
  for (const name of [...handles, ...others]) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
