/** An error that the server answered with; ioredis's has the same name. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}
