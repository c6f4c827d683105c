import { PermanentError } from '../core/errors.ts';
import type { Period } from '../core/period.ts';

/** A period of another frequency than the ones it is to be put in line with. */
export class FrequencyMismatchError extends PermanentError {
  constructor(series: string, { text, frequency }: Period, other: string, expected: Period) {
    const against =
      series === other ? 'what came before of it' : `series '${other}', with which it is put in line by period,`;
    super(
      `period '${text}' of series '${series}' is ${frequency}: ${against} is ${expected.frequency} ('${expected.text}'); bring both to one frequency first`,
      {},
      'FREQUENCY_MISMATCH',
    );
  }
}
