import type { Bus, DeadLetter } from '../../src/index.ts';

/** What a dead letter says, in short. */
export interface ShortLetter {
  readonly topic: string;
  /** The payload, read as JSON. */
  readonly data: unknown;
  readonly error: string;
  readonly attempts: number;
  readonly stage: string | undefined;
}

/** The dead letters of the stream of everything, oldest first. */
export async function lettersOf(bus: Bus): Promise<readonly ShortLetter[]> {
  return (await bus.deadLetters()).map((letter) => ({
    topic: letter.topic,
    data: JSON.parse(textOf(letter)),
    error: letter.error.name,
    attempts: letter.attempts,
    stage: letter.stage,
  }));
}

function textOf({ payload }: DeadLetter): string {
  return typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8');
}
