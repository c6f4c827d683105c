/** Turns whatever was thrown into an Error; the one place that does. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : `a non-error was thrown: ${inspect(thrown)}`, {
    cause: thrown,
  });
}

function inspect(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

export interface SluiceErrorOptions {
  readonly cause?: unknown;
  /** The id of the message it is about. */
  readonly messageId?: string;
}

/** What every error of Sluice is: a sentence that says what was wrong and what to do, a stable `code`, the cause. */
export class SluiceError extends Error {
  readonly messageId: string | undefined;

  constructor(
    /** Stable, for programs: `INVALID_TOPIC`, `NO_GROUP`, … */
    readonly code: string,
    message: string,
    options: SluiceErrorOptions = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.messageId = options.messageId;
  }
}

/** A failure that no repetition mends: the failure policy rejects it at once. */
export class PermanentError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions, code = 'PERMANENT') {
    super(code, message, options);
  }
}

/** An option that the call can't use. */
export class InvalidOptionError extends SluiceError {
  constructor(option: string, got: unknown, takes: string) {
    super('INVALID_OPTION', `${option} is ${describe(got)}: it takes ${takes}`);
  }
}

/** A topic that can't be published to. */
export class InvalidTopicError extends SluiceError {
  constructor(topic: unknown, why: string) {
    super('INVALID_TOPIC', `topic ${describe(topic)} ${why}`);
  }
}

/** A pattern that can't be matched with. */
export class InvalidPatternError extends SluiceError {
  constructor(pattern: unknown, why: string) {
    super('INVALID_PATTERN', `pattern ${describe(pattern)} ${why}`);
  }
}

/** Data that the codec can't write. */
export class EncodeError extends PermanentError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super(message, options, 'ENCODE');
  }
}

/** Bytes that the codec can't read. */
export class DecodeError extends PermanentError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super(message, options, 'DECODE');
  }
}

/** An encoding for which no codec is registered. */
export class UnknownEncodingError extends PermanentError {
  constructor(encoding: string, known: readonly string[], options?: SluiceErrorOptions) {
    super(
      `encoding '${encoding}' is unknown: known are ${known.map((name) => `'${name}'`).join(', ')}; add its codec to \`codecs\``,
      options,
      'UNKNOWN_ENCODING',
    );
  }
}

/** An entry that is no message: written by something else, or damaged. */
export class CorruptEntryError extends PermanentError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super(message, options, 'CORRUPT_ENTRY');
  }
}

/** A payload over the limit. */
export class PayloadTooLargeError extends PermanentError {
  constructor(topic: string, bytes: number, limitBytes: number) {
    super(
      `the payload for '${topic}' has ${bytes} bytes: the limit is ${limitBytes} (raise \`maxPayloadBytes\`, or send a reference instead)`,
      {},
      'PAYLOAD_TOO_LARGE',
    );
  }
}

/** Quotes a value for an error message, at most 80 characters of it. */
export function describe(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : String(inspectShort(value));
  return text.length > 80 ? `${text.slice(0, 77)}…'` : text;
}

function inspectShort(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'object' ? inspect(value) : String(value);
}
