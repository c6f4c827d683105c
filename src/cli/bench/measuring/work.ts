/** What a message of a benchmark carries. */
export interface Work {
  /** Its number; below zero where it is only there to keep the others company. */
  readonly n: number;
  readonly pad: string;
}

export const TOPIC = 'bench.work';

const FRAME_BYTES = '{"n":,"pad":""}'.length;
const FILLING = 'sluice moves messages, ';

/** Makes data whose JSON has so many bytes. */
export function workOf(payloadBytes: number): (n: number) => Work {
  const filling = FILLING.repeat(Math.ceil(payloadBytes / FILLING.length));
  return (n) => ({ n, pad: filling.slice(0, Math.max(0, payloadBytes - FRAME_BYTES - `${n}`.length)) });
}
