import { PRIORITIES } from '../../core/priority.ts';
import type { Member, Settlement } from '../../core/store.ts';
import type { Server } from './server.ts';
import type { Waits } from './waits.ts';

/** Settles entries in one step. */
export async function settle(
  server: Server,
  waits: Waits,
  member: Member,
  settlements: readonly Settlement[],
): Promise<void> {
  if (settlements.length === 0) return;
  const { stream, group, consumer } = member;
  const keys = server.keys(stream);
  const { due, members } = keys.group(group);
  const acks: string[][] = PRIORITIES.map(() => []);
  const others: (string | number)[] = [];
  let dueAgain = false;
  for (const settlement of settlements) {
    const lane = PRIORITIES.indexOf(settlement.priority);
    const { kind } = settlement.outcome;
    if (kind === 'ack') acks[lane]?.push(settlement.id);
    else others.push(...argumentsOf(lane + 1, settlement));
    if (kind === 'retry' || kind === 'release') dueAgain = true;
  }
  const args = [group, consumer, ...acks.flatMap((ids) => [ids.length, ...ids]), ...others];
  await server.script(stream, 'settle', [...keys.lanes, ...due, members, keys.groups, keys.dead], args);
  if (dueAgain) waits.wake(stream, group);
}

function argumentsOf(lane: number, { id, attempt, outcome, stage = '' }: Settlement): (string | number)[] {
  switch (outcome.kind) {
    case 'retry':
      return ['retry', lane, id, attempt, Math.max(0, Math.ceil(outcome.delayMs))];
    case 'reject': {
      const { name, message, stack = '' } = outcome.error;
      return ['reject', lane, id, attempt, stage, name, message, stack];
    }
    default:
      return [outcome.kind, lane, id, attempt];
  }
}
