import { PRIORITIES } from '../../core/priority.ts';
import type { Member, Taken, TakeRequest } from '../../core/store.ts';
import type { MemberState } from './memberStates.ts';
import { readHands, readRefs } from './packedEntries.ts';
import { PackedReply } from './packedReply.ts';
import type { Server } from './server.ts';

const PAGE = 1_000;

/**
 * Hands out what the server holds for a consumer and the consumer never received: the answers that had it were lost.
 * Their attempt is the one they were handed out with.
 */
export async function recover(server: Server, request: TakeRequest, state: MemberState): Promise<Taken> {
  // A lost connection is ended on the server by its successor: nothing more is handed out on it after that.
  const doubts = [...state.doubts];
  for (const connection of doubts) await connection.ready();
  const { member, credit } = request;
  const { stream, group, consumer } = member;
  const keys = server.keys(stream);
  const held = new Set<string>();
  for (const { priority, id } of request.inHand()) held.add(`${priority}:${id}`);
  const missing: (string | number)[] = [];
  let all = true;
  for (const [i, priority] of PRIORITIES.entries()) {
    const pending = await pendingOf(server, keys.lanes[i] as string, member);
    const unknown = pending.filter((id) => !state.ledger.has({ priority, id }) && !held.has(`${priority}:${id}`));
    all &&= unknown.length <= credit[priority];
    for (const id of unknown.slice(0, credit[priority])) missing.push(i + 1, id);
  }
  const certain = () => {
    if (all) for (const connection of doubts) state.doubts.delete(connection);
  };
  if (missing.length === 0) {
    certain();
    return { entries: [], lost: [] };
  }
  const scriptKeys = [...keys.lanes, keys.group(group).members];
  const reply = new PackedReply(
    await server.script<Buffer>(stream, 'recover', scriptKeys, [group, consumer, ...missing]),
  );
  reply.array();
  reply.number();
  const lost = readRefs(reply);
  const entries = readHands(reply);
  // Not before: this answer may be lost as well.
  certain();
  return { entries, lost };
}

/** The ids that a consumer has in hand by the server's books. */
async function pendingOf(
  server: Server,
  lane: string,
  { stream, group, consumer }: Member,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from = '-'; ; from = `(${ids.at(-1)}`) {
    const page = await server.call<readonly (readonly [Buffer])[]>(
      stream,
      'XPENDING',
      lane,
      group,
      from,
      '+',
      PAGE,
      consumer,
    );
    for (const [id] of page) ids.push(id.toString('latin1'));
    if (page.length < PAGE) return ids;
  }
}
