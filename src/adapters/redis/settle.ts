import { PRIORITIES } from '../../core/priority.ts';
import type { Member, Settlement } from '../../core/store.ts';
import { errorText } from '../../internal/errorText.ts';
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
  await send(server, waits, member, settlements, 'member', (settlement) => state.ledger.holds(settlement));
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
  const { due, members } = keys.group(group);
  const acks: string[][] = PRIORITIES.map(() => []);
  const others: (string | number)[] = [];
  let dueAgain = false;
  for (const settlement of settlements) {
    const lane = PRIORITIES.indexOf(settlement.priority);
    const { kind } = settlement.outcome;
    if (kind === 'ack' && surelyHeld(settlement)) acks[lane]?.push(settlement.id);
    else others.push(...argumentsOf(lane + 1, settlement));
    dueAgain ||= kind === 'retry' || kind === 'release';
  }
  const args = [group, consumer, who, ...acks.flatMap((ids) => [ids.length, ...ids]), ...others];
  await server.script(stream, 'settle', [...keys.lanes, ...due, members, keys.groups, keys.dead], args);
  if (dueAgain) waits.wake(members);
}

function argumentsOf(lane: number, { id, attempt, outcome, stage = '' }: Settlement): (string | number)[] {
  switch (outcome.kind) {
    case 'retry':
      return ['retry', lane, id, attempt, Math.max(0, Math.ceil(outcome.delayMs))];
    case 'reject': {
      const { name, message, stack = '' } = errorText(outcome.error);
      return ['reject', lane, id, attempt, stage, name, message, stack];
    }
    default:
      return [outcome.kind, lane, id, attempt];
  }
}
