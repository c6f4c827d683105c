import type { Codecs } from '../../core/codecs.ts';
import { InvalidOptionError, PayloadTooLargeError } from '../../core/errors.ts';
import type { LetterChange } from '../../core/store.ts';
import { checkTopic } from '../../core/topic.ts';
import type { ReplayOptions } from './deadLettersOptions.ts';
import type { KeptDeadLetter } from './keptDeadLetter.ts';
import { openDeadLetter } from './openDeadLetter.ts';

export interface LetterChangerOptions {
  readonly codecs: Codecs;
  readonly maxPayloadBytes: number;
  streamsOf(topic: string): readonly string[];
}

/** Says what is to be different about the dead letters of a replay. */
export class LetterChanger {
  /** @throws {InvalidTopicError} if the topic is none */
  constructor(
    private readonly replay: Pick<ReplayOptions, 'data' | 'topic'>,
    private readonly options: LetterChangerOptions,
  ) {
    if (replay.topic !== undefined) checkTopic(replay.topic);
  }

  /**
   * Undefined for what stays as it is.
   *
   * @throws {InvalidOptionError} if the topic lives in another stream
   * @throws {EncodeError | UnknownEncodingError | PayloadTooLargeError} or what `data` throws
   */
  changeOf(letter: KeptDeadLetter): LetterChange | undefined {
    const { topic, data } = this.replay;
    if (letter.raw || (topic === undefined && data === undefined)) return undefined;
    if (topic !== undefined) this.checkHome(topic, letter.stream);
    return { ...(topic !== undefined && { topic }), ...(data && { payload: this.payloadOf(letter, data) }) };
  }

  private payloadOf(letter: KeptDeadLetter, change: NonNullable<ReplayOptions['data']>) {
    const { codecs, maxPayloadBytes } = this.options;
    const opened = openDeadLetter(letter, codecs);
    const payload = codecs.for(letter.encoding).encode(change(opened.data, opened));
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;
    if (size > maxPayloadBytes) throw new PayloadTooLargeError(letter.topic, size, maxPayloadBytes);
    return payload;
  }

  /** A replay is one step only within a partition. */
  private checkHome(topic: string, stream: string): void {
    if (this.options.streamsOf(topic).includes(stream)) return;
    throw new InvalidOptionError('topic', topic, `a topic of the stream that keeps the dead letter, ${stream}`);
  }
}
