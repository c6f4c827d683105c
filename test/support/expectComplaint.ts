import { expect } from 'chai';
import { SluiceError } from '../../src/index.ts';

/** What an error must be. */
export interface Complaint {
  /** The class, by name. */
  readonly type: string;
  readonly code: string;
  /** What was wrong, and what to do. */
  readonly says: string | RegExp;
}

/** Asserts that an error is of Sluice, of this class and code, and one sentence that a person can act upon. */
export function expectComplaint(error: unknown, { type, code, says }: Complaint): void {
  expect(error).to.be.instanceOf(SluiceError);
  const { name, code: own, message } = error as SluiceError;
  expect([name, own]).to.deep.equal([type, code]);
  if (typeof says === 'string') expect(message).to.include(says);
  else expect(message).to.match(says);
  expect(message).to.match(/^[^\n]{15,400}$/);
  expect(message).not.to.include('[object');
}

/** What a call throws, or a Promise rejects with. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
