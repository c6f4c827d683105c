import type { KeptDeadLetter } from '../../bus/deadLetters/keptDeadLetter.ts';
import type { OpenDesk } from './openDesk.ts';
import type { DlqOptions } from './options.ts';

/** Looks at every dead letter that is meant; resolves with how many there are. */
export async function countMeant(
  { which, stream }: Pick<DlqOptions, 'which' | 'stream'>,
  { desk }: OpenDesk,
  signal: AbortSignal,
  look: (letter: KeptDeadLetter) => void = () => undefined,
): Promise<number> {
  let count = 0;
  await desk.each(which, { stream, signal }, (letters) => {
    for (const letter of letters) look(letter);
    count += letters.length;
  });
  return count;
}
