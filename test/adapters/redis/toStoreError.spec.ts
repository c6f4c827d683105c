import { expect } from 'chai';
import { toStoreError } from '../../../src/adapters/redis/toStoreError.ts';
import { StoreAuthError, StoreError, StoreUnavailableError } from '../../../src/core/storeErrors.ts';

const where = 'localhost:6379';
const withCode = (code: string) => Object.assign(new Error('refused'), { code });
const named = (name: string) => Object.assign(new Error('said'), { name });

describe('toStoreError', () => {
  const UNREACHABLE: readonly [title: string, cause: Error][] = [
    ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'].map(
      (code) => [code, withCode(code)] as [string, Error],
    ),
    ['a broken stream', withCode('ERR_STREAM_DESTROYED')],
    ['TLS', withCode('ERR_SSL_WRONG_VERSION_NUMBER')],
    ['a certificate', withCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['several addresses', new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')])],
    ["ioredis's closing", new Error('Connection is closed.')],
    ["ioredis's late connection", new Error('connect ETIMEDOUT')],
    ["ioredis's closed stream", new Error("Stream isn't writeable and enableOfflineQueue options is false")],
    ["ioredis's command that took too long", new Error('Command timed out')],
    ["ioredis's abort", named('AbortError')],
    ["ioredis's last try", named('MaxRetriesPerRequestError')],
    ['an answer that is none', new Error('Unknown RESP type 72 "H". Please report this.')],
  ];
  for (const [title, cause] of UNREACHABLE) {
    it(`says that the server can't be reached: ${title}`, () => {
      const error = toStoreError(cause, { where });
      expect(error).instanceOf(StoreUnavailableError).include({ retryable: true, cause });
      expect(error.message).contain("Redis at localhost:6379 can't be reached: ");
    });
  }

  const IN_SCRIPTS: readonly [what: string, message: string][] = [
    [
      'a command',
      "ERR The user executing the script can't run this command or subcommand script: af6c, on @user_script:2.",
    ],
    ['the keys', "ERR The user executing the script can't access at least one of the keys mentioned script: af6c."],
    ['a command', "ERR ACL failure in script: User sluice has no permissions to run the 'memory|usage' command"],
    ['the keys', 'ERR ACL failure in script: No permissions to access a key script: af6c'],
  ];
  for (const [what, message] of IN_SCRIPTS) {
    it(`knows a refusal within a script: ${message}`, () => {
      const error = toStoreError(Object.assign(new Error(message), { name: 'ReplyError' }), { where });
      expect(error).instanceOf(StoreAuthError);
      expect(error.message).contain(what === 'the keys' ? 'may not use the keys' : 'may not run a command');
    });
  }

  const MISTAKES: readonly Error[] = [
    new TypeError('x is not a function'),
    new RangeError('Invalid string length'),
    new Error('what nobody foresaw'),
    withCode('ERR_INVALID_ARG_TYPE'),
  ];
  for (const cause of MISTAKES) {
    it(`does not call retryable what no repetition mends: ${cause.name}, ${cause.message}`, () => {
      const error = toStoreError(cause, { where });
      expect(error).instanceOf(StoreError).not.instanceOf(StoreUnavailableError);
      expect(error).include({ code: 'STORE_ERROR', retryable: false, cause });
      expect(error.message).contain(cause.message);
    });
  }
});
