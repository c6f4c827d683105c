import type { Book, Handling } from './book.ts';
import { groupedBy } from './groupedBy.ts';

/** What is wrong with some messages, in words. */
export type Check = (book: Book) => readonly string[];

const isDone = ({ ended }: Handling): boolean => ended?.event === 'done';

const where = ({ process, begun, ended, over }: Handling): string =>
  `${process} attempt ${begun.attempt} ${Math.round(begun.at)}–${Math.round(over)} ${ended?.event ?? 'open'}`;

const told = (id: string, group: string, handlings: readonly Handling[]): string =>
  `${id} in ${group}: ${handlings.map(where).join('; ') || 'never'}`;

/** Confirmed, and at the end neither handled by a group that had to nor among its dead letters. */
export const lost: Check = (book) => {
  const { groups, stored, written } = book.evidence;
  const kept = new Set(stored.map(({ topic, id }) => `${topic} ${id}`));
  return groups.flatMap((rule) =>
    book.dueTo(rule).flatMap((id) => {
      const handlings = book.handlingsOf(rule.group, id);
      const inFile = rule.group !== written.group || written.ids.has(id);
      if ((handlings.some(isDone) && inFile) || book.isLetter(rule.group, id)) return [];
      const why = inFile
        ? kept.has(`${rule.topic} ${id}`)
          ? ''
          : ' (the store has it no more)'
        : ' (not in the file)';
      return [told(id, rule.group, handlings) + why];
    }),
  );
};

/**
 * The last attempt did not finish, and there was none after it: something else has settled it. Whoever was frozen may
 * begin an earlier attempt later, and settles nothing by it.
 */
export const forgotten: Check = (book) =>
  book.evidence.groups.flatMap(({ group }) =>
    [...book.handledBy(group)].flatMap(([id, handlings]) => {
      const most = Math.max(...handlings.map(({ begun }) => begun.attempt));
      const last = handlings.findLast(({ begun }) => begun.attempt === most);
      return !last || isDone(last) || book.isLetter(group, id) ? [] : [told(id, group, handlings)];
    }),
  );

/** Handled again although it was in flight at no fault that would excuse it. */
export const duplicated: Check = (book) =>
  repeats(book)
    .filter(({ former }) => !book.excused(former))
    .map(({ id, group, handlings }) => told(id, group, handlings));

/** Handled again, and excused: what at-least-once allows. */
export const excusedDuplicates: Check = (book) =>
  repeats(book)
    .filter(({ former }) => book.excused(former))
    .map(({ id, group, handlings }) => told(id, group, handlings));

function repeats(book: Book) {
  return book.evidence.groups.flatMap(({ group }) =>
    [...book.handledBy(group)].flatMap(([id, handlings]) => {
      const done = handlings.filter(isDone);
      return done.slice(1).map((_, i) => ({ group, id, handlings, former: done[i] as Handling }));
    }),
  );
}

/** Of a key, a message that began before the one before it had been handled. */
export const reordered: Check = (book) =>
  book.evidence.groups
    .filter(({ ordered }) => ordered)
    .flatMap((rule) => {
      const byKey = groupedBy(book.dueTo(rule), (id) => book.confirmed.get(id)?.key ?? '');
      return [...byKey.values()].flatMap((ids) => outOfTurn(book, rule.group, ids));
    });

function outOfTurn(book: Book, group: string, ids: readonly string[]): string[] {
  const numberOf = (id: string): number => book.confirmed.get(id)?.number ?? 0;
  const inOrder = ids.toSorted((a, b) => numberOf(a) - numberOf(b)).filter((id) => book.handlingsOf(group, id).length);
  return inOrder.slice(1).flatMap((id, i) => {
    const before = inOrder[i] as string;
    const former = book.handlingsOf(group, before);
    const began = book.handlingsOf(group, id)[0]?.begun.at ?? Infinity;
    const finished = Math.min(...former.filter(isDone).map(({ over }) => over));
    const ended = finished < Infinity ? finished : Math.max(...former.map(({ over }) => over));
    return began >= ended
      ? []
      : [`${told(id, group, book.handlingsOf(group, id))} before ${told(before, group, former)}`];
  });
}

/** Handled by one process while another, which lived and could renew its lease, was at it. */
export const overlapped: Check = (book) => overlaps(book, false);

/** The same, where the lease could not be renewed: the process was frozen or cut off, or the server was away. */
export const excusedOverlaps: Check = (book) => overlaps(book, true);

function overlaps(book: Book, excused: boolean): readonly string[] {
  const { groups, leaseMs } = book.evidence;
  return groups.flatMap(({ group }) =>
    [...book.handledBy(group)].flatMap(([id, handlings]) =>
      robberies(handlings).flatMap(([robbed, taker]) => {
        const since = Math.min(robbed.begun.at, taker.begun.at) - leaseMs;
        // A lease may have been renewed a third of its time before.
        const outage = book
          .disturbancesOf(robbed.process, since, taker.begun.at, leaseMs)
          .some(({ excuses, from }) => excuses && taker.begun.at - from >= leaseMs / 2);
        return outage === excused ? [told(id, group, handlings)] : [];
      }),
    ),
  );
}

/** Two processes that were at it at one time: which of them it was taken from, the attempts say, and not who began first. */
function robberies(handlings: readonly Handling[]): (readonly [robbed: Handling, taker: Handling])[] {
  const inOrder = handlings.toSorted((a, b) => a.begun.attempt - b.begun.attempt || a.begun.at - b.begun.at);
  return inOrder.flatMap((robbed, i) =>
    inOrder
      .slice(i + 1)
      .filter((taker) => taker.process !== robbed.process)
      .filter((taker) => taker.begun.at < robbed.over && robbed.begun.at < taker.over)
      .map((taker) => [robbed, taker] as const),
  );
}

/** In the store more than once, though it was published once. */
export const storedTwice: Check = ({ evidence }) =>
  twice(
    evidence.stored.filter(({ topic }) => topic !== evidence.atomicTopic).map(({ topic, id }) => `${id} (${topic})`),
  );

/** Published on more than once, in one step with the ack. */
export const outputTwice: Check = ({ evidence }) =>
  twice(evidence.stored.filter(({ topic }) => topic === evidence.atomicTopic).map(({ id }) => id));

/** Among the dead letters more than once. */
export const letterTwice: Check = ({ evidence }) =>
  twice(evidence.letters.map(({ group, id, entry }) => `${id} (${entry}) of ${group}`));

function twice(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([name, count]) => `${name}: ${count} times`);
}

/** What groups still owe after the time to settle down, and what is in the store and no handler of theirs ever had. */
export const stuck: Check = (book) => {
  const { owed, groups, stored } = book.evidence;
  const unseen = groups.flatMap(({ group, topic, from = topic }) => {
    const ids = stored.filter((message) => message.topic === from).map(({ id }) => id);
    const missed = ids.filter((id) => book.handlingsOf(group, id).length === 0 && !book.isLetter(group, id));
    return missed.length > 0 ? [`${group}: ${missed.length} never handed out, such as ${missed[0]}`] : [];
  });
  const left = owed.filter(({ pending }) => pending > 0);
  return [...left.map(({ stream, group, pending }) => `${group} of ${stream}: ${pending} pending`), ...unseen];
};

/** Processes that ended unasked, and faults that could not be played or undone. */
export const broken: Check = ({ evidence }) => [
  ...evidence.lives.flatMap(({ process, crash }) => (crash === undefined ? [] : [`${process} ended with ${crash}`])),
  ...evidence.faults.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: ${failure}`])),
];
