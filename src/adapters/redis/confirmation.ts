import { toError } from '../../core/errors.ts';
import type { Durability } from '../../core/store.ts';
import { DurabilityError } from '../../core/storeErrors.ts';
import type { Life } from './connection.ts';
import type { Part } from './request.ts';
import type { Reply } from './valueReply.ts';

/** How a server confirms what a connection has written. */
export interface Confirmation {
  command(waitMs: number): readonly Part[];
  /** On how many disks and replicas it is, by the answer to the command. */
  read(reply: Reply): readonly number[];
  suffices(confirmed: readonly number[]): boolean;
  /** As the end of a sentence. */
  told(confirmed: readonly number[]): string;
}

/** A master has fewer replicas than must confirm: after a failover others may be on their way to it. */
export class TooFewReplicasError extends DurabilityError {}

const known = new WeakMap<Life, Map<string, Promise<Confirmation>>>();

/**
 * How this server can confirm so much; asked once a connection, since a restart or a failover may have changed it.
 * Rejects with `DurabilityError`, which says what to change, if it can't.
 */
export function confirmationOf(life: Life, durability: Durability): Promise<Confirmation> {
  const ofLife = known.get(life) ?? new Map<string, Promise<Confirmation>>();
  known.set(life, ofLife);
  const name = `${durability.level}:${durability.replicas}`;
  const found = ofLife.get(name) ?? find(life, durability);
  ofLife.set(name, found);
  found.catch(() => ofLife.delete(name));
  return found;
}

async function find(life: Life, durability: Durability): Promise<Confirmation> {
  const { level, replicas } = durability;
  const server = new Info(String(await life.call('INFO', 'server')));
  const refuse = (why: string) =>
    new DurabilityError(`durability: '${level}' is not to be had at ${life.where}: ${why}`, level);
  if (replicas > 0) {
    const online = await onlineReplicas(life);
    const few = `it has ${online} replicas online, of the ${replicas} that must confirm; connect more, or ask for fewer`;
    if (online < replicas) throw new TooFewReplicasError(refuse(few).message, level);
  }
  if (level === 'replicated') return onReplicas(replicas);
  const persistence = new Info(String(await life.call('INFO', 'persistence')));
  if (persistence.field('aof_enabled') !== '1') {
    throw refuse('the server keeps no append-only file; set appendonly yes in its configuration');
  }
  if (server.atLeast(7, 2)) return onDisk(replicas);
  if (replicas > 0) {
    throw refuse(
      "a server older than Redis 7.2 can't say what is on the disks of replicas; upgrade, or ask for replicas: 0",
    );
  }
  const policy = await fsyncPolicy(life, refuse);
  if (policy === 'always') return BY_ITSELF;
  throw refuse(
    `a server older than Redis 7.2 confirms it only with appendfsync always, and has appendfsync ${policy}; set that, or upgrade`,
  );
}

async function onlineReplicas(life: Life): Promise<number> {
  const info = new Info(String(await life.call('INFO', 'replication')));
  return info.all(/^slave\d+:.*\bstate=online\b/gm);
}

async function fsyncPolicy(life: Life, refuse: (why: string) => Error): Promise<string> {
  try {
    const reply = (await life.call('CONFIG', 'GET', 'appendfsync')) as readonly Reply[];
    return String(reply[1]);
  } catch (cause) {
    if (!/^NOPERM/.test(toError(cause).message)) throw cause;
    throw refuse(
      "a server older than Redis 7.2 must be asked for its appendfsync, and the user may not; allow it '+config|get'",
    );
  }
}

function onReplicas(replicas: number): Confirmation {
  return {
    command: (waitMs) => ['WAIT', replicas, waitMs],
    read: (reply) => [Number(reply)],
    suffices: ([count = 0]) => count >= replicas,
    told: ([count = 0]) => `${count} of ${replicas} replicas have confirmed it`,
  };
}

function onDisk(replicas: number): Confirmation {
  return {
    command: (waitMs) => ['WAITAOF', 1, replicas, waitMs],
    read: (reply) => (reply as readonly Reply[]).map(Number),
    suffices: ([local = 0, others = 0]) => local >= 1 && others >= replicas,
    told: ([local = 0, others = 0]) =>
      `${local} of 1 disks and ${others} of ${replicas} replicas' disks have confirmed it`,
  };
}

/** With `appendfsync always` the server answers only once what it was told is on its disk. */
const BY_ITSELF: Confirmation = {
  command: () => ['TIME'],
  read: () => [],
  suffices: () => true,
  told: () => '',
};

/** An answer to INFO. */
class Info {
  constructor(private readonly text: string) {}

  field(name: string): string | undefined {
    return new RegExp(`^${name}:(\\S+)`, 'm').exec(this.text)?.[1];
  }

  all(line: RegExp): number {
    return this.text.match(line)?.length ?? 0;
  }

  atLeast(major: number, minor: number): boolean {
    const [had = 0, hadMinor = 0] = (this.field('redis_version') ?? '').split('.').map(Number);
    return had > major || (had === major && hadMinor >= minor);
  }
}
