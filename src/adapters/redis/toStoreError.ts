import { SluiceError, toError } from '../../core/errors.ts';
import type { Member } from '../../core/store.ts';
import {
  FencedError,
  GroupOrderError,
  NoGroupError,
  PartitionOwnedError,
  StoreAuthError,
  StoreError,
  StoreFullError,
  StoreUnavailableError,
} from '../../core/storeErrors.ts';
import { ERROR_CODES, type ErrorKind } from './errorCodes.ts';
import { isUnreachable } from './isUnreachable.ts';

/** What a call was about. */
export interface ErrorContext {
  /** `host:port`. */
  readonly where: string;
  readonly stream?: string;
  readonly group?: string;
  readonly consumer?: string;
}

/** Makes a StoreError of whatever ioredis or the server said. */
export function toStoreError(cause: unknown, context: ErrorContext): Error {
  if (cause instanceof SluiceError) return cause;
  const error = withoutCommand(toError(cause));
  return error.name === 'ReplyError' ? ofReply(error, context) : ofConnection(error, context);
}

/** An answer of the server, so that nothing is in doubt. */
export function isReplyError(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'ReplyError';
}

/** What the server said to a question about what it had kept before: of that, it is no refusal. */
export function afterwards(cause: unknown, context: ErrorContext): Error {
  const error = toStoreError(cause, context);
  return error instanceof StoreUnavailableError
    ? new StoreUnavailableError(error.message, { cause: error.cause })
    : error;
}

/** The server has become a replica. */
export function isReadOnly(cause: unknown): boolean {
  return isReplyError(cause) && /^-?READONLY\b/.test((cause as Error).message);
}

function ofReply(error: Error, context: ErrorContext): Error {
  const { where, stream = '', group = '', consumer = '' } = context;
  const member: Member = { stream, group, consumer };
  const code = /^-?([A-Z]+)\b/.exec(error.message)?.[1] ?? '';
  const options = { cause: error };
  switch (kindOf(error, code)) {
    case 'auth':
      return new StoreAuthError(`Redis at ${where} refuses: ${refusal(code, error.message)}`, options);
    case 'full':
      return new StoreFullError(
        `Redis at ${where} is full, nothing was kept: trim streams, or raise its maxmemory (${error.message})`,
        options,
      );
    case 'noGroup':
      return new NoGroupError(member, options);
    case 'fenced':
      return new FencedError(member, options);
    case 'owned':
      return new PartitionOwnedError(member, options);
    case 'mixed':
      return new GroupOrderError(member, !error.message.includes('with an exclusive'), options);
    case 'elsewhere':
      return new StoreError(
        'STORE_ERROR',
        `Redis at ${where} is a node of a Redis Cluster: use redis+cluster:// (${error.message})`,
        false,
        options,
      );
    case 'unavailable':
      return new StoreUnavailableError(`Redis at ${where} can't do that now: ${error.message}`, {
        ...options,
        answered: true,
      });
    default:
      return new StoreError(
        'STORE_ERROR',
        `Redis at ${where} answered: ${error.message}${hintOf(error)}`,
        false,
        options,
      );
  }
}

function hintOf({ message }: Error): string {
  return /DB index/i.test(message) ? '; correct `db`, or the number at the end of the URL' : '';
}

// Some have no code of their own.
function kindOf({ message }: Error, code: string): ErrorKind | undefined {
  if (/invalid password|AUTH <password>/i.test(message) || IN_SCRIPT.test(message)) return 'auth';
  if (/max number of clients/i.test(message)) return 'unavailable';
  // A master that has become a replica can't confirm what it was told before.
  if (/WAIT(AOF)? cannot be used with replica/i.test(message)) return 'unavailable';
  return ERROR_CODES[code];
}

function refusal(code: string, message: string): string {
  if (code === 'NOAUTH') return 'it asks for a password; give `password`, and `username` if it has users';
  if (code !== 'NOPERM' && !IN_SCRIPT.test(message)) {
    return 'wrong user name or password, or the user is disabled; check `username` and `password`';
  }
  if (/\bkeys?\b/.test(message)) {
    return 'the user may not use the keys of this namespace; widen its ACL or change `namespace`';
  }
  return 'the user may not run a command that Sluice needs; widen its ACL';
}

/** A command of a script that the user may not run: Redis 7.0, and from 7.2. */
const IN_SCRIPT = /user executing the script can't|ACL failure in script/;

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start it or correct the address',
  ENOTFOUND: 'no such host; correct the name',
  EAI_AGAIN: 'the name could not be looked up; check the network',
  ETIMEDOUT: 'it does not answer; check the address, the network and whether it is overloaded',
  ECONNRESET: 'it closed the connection; if it speaks TLS, use rediss://',
  ENOENT: 'no such socket; correct the path',
};

function ofConnection(error: Error, { where }: ErrorContext): Error {
  const code = codeOf(error);
  if (!isUnreachable(error, code)) {
    return new StoreError('STORE_ERROR', `the call to Redis at ${where} failed: ${error.message}`, false, {
      cause: error,
    });
  }
  const hint = HINTS[code] ?? error.message;
  return new StoreUnavailableError(`Redis at ${where} can't be reached: ${code ? `${code}, ` : ''}${hint}`, {
    cause: error,
  });
}

// A name with several addresses fails with one error for all of them.
function codeOf(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  const { code } = (first ?? error) as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : '';
}

/** ioredis hangs the command on the error, and with AUTH the password. */
function withoutCommand(error: Error): Error {
  if ('command' in error) delete error.command;
  return error;
}
