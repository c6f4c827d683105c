import { entryOfPart } from '../../core/entryOfPart.ts';
import type { Reject } from '../../core/outcome.ts';
import { PRIORITIES } from '../../core/priority.ts';
import type { Member, SettledParts, Settlement, StoreRecord } from '../../core/store.ts';
import { errorText } from '../../internal/errorText.ts';
import { bufferOf } from './bufferOf.ts';
import type { MemberState } from './memberStates.ts';
import type { Server } from './server.ts';
import type { Waits } from './waits.ts';

/** Settles entries in one step. */
export async function settle(
  server: Server,
  waits: Waits,
  member: Member,
  state: MemberState,
  settlements: readonly Settlement[],
): Promise<void> {
  // Not after the answer, which may be lost: what is in parts on the server must not be acked as a whole.
  for (const settlement of settlements) if (settlement.parts) state.ledger.divide(settlement, settlement.parts.count);
  const bearing = settlements.filter(bears);
  const others = bearing.length === 0 ? settlements : settlements.filter((settlement) => !bears(settlement));
  await Promise.all([
    send(server, waits, member, others, 'member', (settlement) => state.ledger.holds(settlement)),
    sendBearing(server, member, bearing),
  ]);
  state.ledger.remove(settlements);
}

/** Settles what a consumer holds that may have left or lost its lease. */
export function settleAsAnyone(
  server: Server,
  waits: Waits,
  member: Member,
  settlements: readonly Settlement[],
): Promise<void> {
  return send(server, waits, member, settlements, 'anyone', () => false);
}

async function send(
  server: Server,
  waits: Waits,
  { stream, group, consumer }: Member,
  settlements: readonly Settlement[],
  who: 'member' | 'anyone',
  surelyHeld: (settlement: Settlement) => boolean,
): Promise<void> {
  if (settlements.length === 0) return;
  const keys = server.keys(stream);
  const { due, members, parts, deaths } = keys.group(group);
  const acks: string[][] = PRIORITIES.map(() => []);
  const others: (string | number | Buffer)[] = [];
  let dueAgain = false;
  for (const settlement of settlements) {
    const lane = PRIORITIES.indexOf(settlement.priority);
    const { kind } = settlement.outcome;
    if (kind === 'ack' && !settlement.parts && surelyHeld(settlement)) acks[lane]?.push(settlement.id);
    else if (settlement.parts) pushParts(others, lane + 1, settlement, settlement.parts);
    else others.push(...argumentsOf(lane + 1, settlement));
    dueAgain ||= kind === 'retry' || kind === 'release';
  }
  const args = [group, consumer, who, ...acks.flatMap((ids) => [ids.length, ...ids]), ...others];
  const all = [...keys.lanes, ...due, members, keys.groups, keys.dead, ...parts, deaths];
  await server.script(stream, 'settle', all, args);
  if (dueAgain) waits.wake(members);
}

/** Whether it is an ack with something to append. */
function bears({ outcome, outputs }: Settlement): boolean {
  return outputs !== undefined && outputs.length > 0 && outcome.kind === 'ack';
}

/** By a script of their own: one that a full server refuses, where it lets others settle. */
async function sendBearing(server: Server, member: Member, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  const { stream, group, consumer } = member;
  const keys = server.keys(stream);
  const { due, members, parts, deaths } = keys.group(group);
  const all = [...keys.lanes, ...due, members, keys.groups, keys.dead, ...parts, ...keys.once, deaths];
  const args: Argument[] = [group, consumer, 'member', ...NO_ACKS];
  const once = settlements.flatMap(({ outputs = [] }) => outputs).find((output) => output.once)?.once;
  if (once) args.push('once', once.forMs, once.most);
  for (const { priority, id, attempt, parts: some, outputs = [] } of settlements) {
    const lane = PRIORITIES.indexOf(priority) + 1;
    if (some) args.push('ack-part-with', lane, id, attempt, some.count, 1, some.indexes[0] as number);
    else args.push('ack-with', lane, id, attempt);
    args.push(outputs.length);
    for (const output of outputs) args.push(...argumentsOfOutput(output));
  }
  await server.script(stream, 'settleAndAppend', all, args);
}

type Argument = string | number | Buffer;

/** How many entries of each lane are acked without a question. */
const NO_ACKS = [0, 0, 0, 0];

function argumentsOfOutput({ priority, topic, payload, type, encoding, meta, once }: StoreRecord): Argument[] {
  const body = typeof payload === 'string' ? payload : bufferOf(payload);
  return [PRIORITIES.indexOf(priority) + 1, topic, body, type, encoding, meta, once ? `=${once.id}` : ''];
}

function argumentsOf(lane: number, { id, attempt, outcome, stage, trace }: Settlement): (string | number)[] {
  switch (outcome.kind) {
    case 'retry':
      return ['retry', lane, id, attempt, Math.max(0, Math.ceil(outcome.delayMs))];
    case 'reject':
      return ['reject', lane, id, attempt, ...why({ stage, trace }, outcome)];
    default:
      return [outcome.kind, lane, id, attempt];
  }
}

function pushParts(
  args: (string | number | Buffer)[],
  lane: number,
  settlement: Settlement,
  { count, indexes }: SettledParts,
): void {
  const { id, attempt, outcome } = settlement;
  const { kind } = outcome;
  if (kind !== 'reject') {
    args.push(`${kind}-parts`, lane, id, attempt, count, indexes.length, ...indexes);
    if (kind === 'retry') args.push(Math.max(0, Math.ceil(outcome.delayMs)));
    return;
  }
  for (const [place, index] of indexes.entries()) {
    const { topic, payload, type, encoding, meta } = entryOfPart(settlement, place);
    args.push('reject-part', lane, id, attempt, count, 1, index, ...why(settlement, outcome));
    args.push(topic, typeof payload === 'string' ? payload : bufferOf(payload), type, encoding, meta);
  }
}

function why({ stage = '', trace = '' }: Pick<Settlement, 'stage' | 'trace'>, { error }: Reject): string[] {
  const { name, message, stack = '' } = errorText(error);
  return [stage, name, message, stack, trace];
}
