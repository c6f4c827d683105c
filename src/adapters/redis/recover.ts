import { PRIORITIES, type Priority } from '../../core/priority.ts';
import type { HeldRef, Member, Part, Taken, TakeRequest } from '../../core/store.ts';
import type { MemberState } from './memberStates.ts';
import { readHands, readParts, readRefs, tierOf, withDeaths } from './packedEntries.ts';
import { PackedReply } from './packedReply.ts';
import type { Server } from './server.ts';

const PAGE = 1_000;

/**
 * Hands out what the server holds for a consumer and the consumer never received: the answers that had it were lost.
 * Their attempt is the one they were handed out with.
 */
export async function recover(server: Server, request: TakeRequest, state: MemberState): Promise<Taken> {
  const { member, credit } = request;
  const { stream, group, consumer } = member;
  const keys = server.keys(stream);
  // A lost connection is ended on the server by its successor: nothing more is handed out on it after that, unless the
  // user may not end it; then it stays in doubt until the server's read has timed out.
  const doubts = [...state.doubts];
  for (const connection of doubts) await server.topology.over(keys.lanes[0], connection);
  const over = doubts.filter(({ sure }) => sure);
  const held = new Set<string>();
  for (const { priority, id, index = '', attempt = '' } of request.inHand()) {
    held.add(`${priority}:${id}@${attempt}`);
    held.add(`${priority}:${id}#${index}@${attempt}`);
  }
  const missing: (string | number)[] = [];
  let all = true;
  const isKnown = (ref: HeldRef) => {
    if (state.ledger.has(ref)) return true;
    if (!isHeld(held, ref)) return false;
    // In hand at an attempt that the server does not know of: what comes of it will be passed over, so it is looked at again.
    all = false;
    return true;
  };
  for (const [i, priority] of PRIORITIES.entries()) {
    const pending = await pendingOf(server, keys.lanes[i] as string, member);
    const unknown = pending.filter(({ id, attempt }) => !isKnown({ priority, id, attempt }));
    all &&= unknown.length <= credit[priority];
    for (const { id } of unknown.slice(0, credit[priority])) missing.push(i + 1, id, '');
  }
  for (const { lane, priority, id, parts } of await partsOf(server, member)) {
    const unknown = parts.filter(({ index, attempt }) => !isKnown({ priority, id, index, attempt }));
    if (unknown.length > 0) missing.push(lane, id, unknown.map(({ index }) => index).join(','));
  }
  const certain = () => {
    if (all) for (const connection of over) state.doubts.delete(connection);
  };
  if (missing.length === 0) {
    certain();
    return { entries: [], lost: [] };
  }
  const { members, parts, deaths } = keys.group(group);
  const scriptKeys = [...keys.lanes, members, ...parts, deaths];
  const reply = new PackedReply(
    await server.script<Buffer>(stream, 'recover', scriptKeys, [group, consumer, ...missing]),
  );
  reply.array();
  const lost = readRefs(reply);
  const entries = withDeaths(readHands(reply), reply);
  // Not before: this answer may be lost as well.
  certain();
  return { entries, lost };
}

/** Whether an entry was named, if only in part; or this message of it, if only with all the others. */
function isHeld(held: ReadonlySet<string>, { priority, id, index, attempt }: HeldRef): boolean {
  const whole = `${priority}:${id}`;
  const places = index === undefined ? [whole] : [`${whole}#`, `${whole}#${index}`];
  return places.some((place) => held.has(`${place}@`) || held.has(`${place}@${attempt}`));
}

/** An entry by the server's books: its id, and its attempt. */
interface Pending {
  readonly id: string;
  readonly attempt: number;
}

/** What a consumer has in hand as a whole by the server's books. */
async function pendingOf(
  server: Server,
  lane: string,
  { stream, group, consumer }: Member,
): Promise<readonly Pending[]> {
  const pending: Pending[] = [];
  for (let from = '-'; ; from = `(${pending.at(-1)?.id}`) {
    const page = await server.call<readonly (readonly [Buffer, Buffer, number, number])[]>(
      stream,
      'XPENDING',
      lane,
      group,
      from,
      '+',
      PAGE,
      consumer,
    );
    for (const [id, , , attempt] of page) pending.push({ id: id.toString('latin1'), attempt });
    if (page.length < PAGE) return pending;
  }
}

/** Messages that a consumer has in hand of a record batch in parts. */
interface HeldParts {
  readonly lane: number;
  readonly priority: Priority;
  readonly id: string;
  readonly parts: readonly Part[];
}

async function partsOf(server: Server, { stream, group, consumer }: Member): Promise<readonly HeldParts[]> {
  const keys = server.keys(stream).group(group).parts;
  const reply = new PackedReply(await server.script<Buffer>(stream, 'held', keys, [group, consumer]));
  const held: HeldParts[] = [];
  for (let left = reply.array(); left > 0; left -= 3) {
    const lane = reply.number();
    const id = reply.ascii();
    held.push({ lane, priority: tierOf(lane), id, parts: readParts(reply) });
  }
  return held;
}
