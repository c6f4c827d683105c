/** The command line is wrong; the message says what. Ends the process with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
