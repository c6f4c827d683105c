import type { Redis } from 'ioredis';
import { toError } from '../../core/errors.ts';
import { StoreClosedError, StoreUnavailableError } from '../../core/storeErrors.ts';
import { backoffMs } from '../../internal/backoff.ts';
import { checkServer } from './checkServer.ts';
import { discard, makeClient } from './client.ts';
import { deadline } from './deadline.ts';
import { nameOf } from './endpoint.ts';
import type { Place } from './place.ts';
import { type Part, type Request, requestOf } from './request.ts';
import { type ScriptName, scriptOf } from './scripts.ts';
import type { Settings } from './settings.ts';
import { afterwards, isReadOnly, isReplyError, toStoreError } from './toStoreError.ts';
import { type Reply, ValueReply } from './valueReply.ts';
import { type Answer, Wire } from './wire.ts';

/** One life of a connection: a client that never connects again by itself, and its socket. */
interface Session {
  readonly client: Redis;
  readonly wire: Wire;
  /** Scripts that the server was sent on it. */
  readonly known: Set<ScriptName>;
  /** The server's number for it. */
  readonly id: number;
  /** Which life of the server that was. */
  readonly runId: string;
  /** `host:port` of the server, or the path of its socket. */
  readonly where: string;
  life?: Life;
}

/** One life of a connection, from when it was made until it is lost. */
export interface Life {
  /** `host:port` of the server, or the path of its socket. */
  readonly where: string;
  call(...parts: readonly Part[]): Promise<Reply>;
  /** Runs a command that asks about what was done before it: that stays in doubt if it is refused. */
  question(...parts: readonly Part[]): Promise<Reply>;
  script(name: ScriptName, parts: readonly Part[]): Promise<Reply>;
  /** Runs a script, and behind it a question, without waiting for the script's answer. Resolves to both answers. */
  scriptThen(name: ScriptName, parts: readonly Part[], then: readonly Part[]): Promise<readonly [Reply, Reply]>;
  /** The same, on keys of a slot that is being moved to this node. */
  askingThen(name: ScriptName, parts: readonly Part[], then: readonly Part[]): Promise<readonly [Reply, Reply]>;
}

/**
 * A place for one connection, which is replaced whenever it is lost or does not answer in time.
 *
 * | state      | event                                  | next                                      |
 * |------------|----------------------------------------|-------------------------------------------|
 * | empty      | a call                                 | connecting, unless the last try was just now |
 * | connecting | ready                                  | live                                      |
 * | connecting | an error, or `connectTimeoutMs`        | empty; the callers get the error          |
 * | live       | closed by the server, or a late answer | empty; what was under way fails           |
 * | live       | READONLY: no master any more           | empty; the next call looks for the master |
 * | any        | close()                                | closed                                    |
 *
 * ioredis connects and signs in; then the socket is ours. Its reconnection is off: it sends interrupted commands again,
 * and a take sent twice hands out twice. A lost
 * connection may still have commands on the server, so its successor ends it there before anything else.
 */
export class Connection {
  private session: Session | undefined;
  private connecting: Promise<Session> | undefined;
  private dialled: Redis | undefined;
  private lost: Session | undefined;
  private closed: (() => Error) | undefined;
  private failures = 0;
  private retryAtMs = 0;
  private failure: unknown;
  private surelyOverMs = 0;

  constructor(
    private readonly settings: Settings,
    private readonly place: Place,
  ) {}

  /** The server's number for the connection, while there is one. */
  get id(): number | undefined {
    return this.session?.id;
  }

  /** Whether nothing that was lost can still take entries: its end could not be asked for, but its time is over. */
  get sure(): boolean {
    return performance.now() >= this.surelyOverMs;
  }

  /** Which life of which server it leads to, while it does. */
  get serverLife(): string | undefined {
    return this.session && `${this.session.where} ${this.session.runId}`;
  }

  /** Connects now, whatever came of the last try. */
  async open(): Promise<void> {
    this.retryAtMs = 0;
    await this.connect();
  }

  /** Connects unless it is connected. After a loss: what the server still did for the lost connection is over, if `sure`. */
  async ready(): Promise<void> {
    if (!this.session) await this.connect();
  }

  /** Runs a command; gives the connection up if that takes longer than the settings allow. */
  async call(...parts: readonly Part[]): Promise<Reply> {
    return this.value(await this.live(), parts);
  }

  /** Runs a script: by its name where the server has it, else it goes along. */
  async script(name: ScriptName, parts: readonly Part[]): Promise<Reply> {
    const session = await this.live();
    return scripted(session, name, (head) => this.value(session, [...head, ...parts]));
  }

  /** The connection as it is now: calls on it fail once it is lost, rather than to go to its successor. */
  async life(): Promise<Life> {
    const session = await this.live();
    const { where } = session;
    const value = (parts: readonly Part[]) => this.value(session, parts);
    const question = (parts: readonly Part[]) =>
      value(parts).catch((cause) => {
        throw afterwards(cause, { where });
      });
    session.life ??= {
      where,
      call: (...parts) => value(parts),
      question: (...parts) => question(parts),
      script: (name, parts) => scripted(session, name, (head) => value([...head, ...parts])),
      scriptThen: (name, parts, then) =>
        scripted(session, name, (head) => Promise.all([value([...head, ...parts]), question(then)])),
      askingThen: async (name, parts, then) => {
        const script = ['EVAL', scriptOf(name).source, ...parts];
        const [, reply, after] = await Promise.all([value(['ASKING']), value(script), question(then)]);
        return [reply, after];
      },
    };
    return session.life;
  }

  /** Runs a command on keys of a slot that is being moved to this node. */
  async asking(...parts: readonly Part[]): Promise<Reply> {
    const session = await this.live();
    // Nothing comes between the two: they are written one after the other.
    const [, reply] = await Promise.all([this.value(session, ['ASKING']), this.value(session, parts)]);
    return reply;
  }

  /** Sends requests together, and reads what they are answered with. */
  async ask(requests: readonly Request[], answer: Answer, timeoutMs: number): Promise<void> {
    await this.inTime(await this.live(), requests, answer, timeoutMs);
  }

  /** Gives the connection up, since the server is not what it was taken for. */
  abandon(): void {
    if (this.session) this.lose(this.session, `${this.session.where} is not what it was taken for`);
  }

  /** Gives the connection up unless it leads to this server. */
  leave(where: string): void {
    if (this.session && this.session.where !== where) this.lose(this.session, `${where} is the master now`);
  }

  /** @param reason what later calls are told */
  close(reason: () => Error = () => new StoreClosedError()): void {
    this.closed = reason;
    for (const client of [this.session?.client, this.dialled]) if (client) discard(client);
    this.session = undefined;
  }

  private live(): Session | Promise<Session> {
    return this.session ?? this.connect();
  }

  private async value(session: Session, parts: readonly Part[]): Promise<Reply> {
    const answer = new ValueReply();
    await this.inTime(session, [requestOf(parts)], answer, this.settings.commandTimeoutMs);
    try {
      return answer.reply;
    } catch (cause) {
      // A master that has become a replica: whoever is the master now is found by connecting anew.
      if (isReadOnly(cause)) this.lose(session, toError(cause).message);
      throw cause;
    }
  }

  private async inTime(
    session: Session,
    requests: readonly Request[],
    answer: Answer,
    timeoutMs: number,
  ): Promise<void> {
    const late = () => new StoreUnavailableError(`Redis at ${session.where} did not answer within ${timeoutMs} ms`);
    try {
      await deadline(session.wire.ask(requests, answer), timeoutMs, late);
    } catch (cause) {
      this.lose(session, toError(cause).message);
      throw cause;
    }
  }

  private async connect(): Promise<Session> {
    this.checkOpen();
    if (this.session) return this.session;
    // Between tries the last error stands, so that many callers make one attempt and not one each.
    if (!this.connecting && performance.now() < this.retryAtMs) throw this.failure;
    this.connecting ??= this.dial().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async dial(): Promise<Session> {
    try {
      const session = await this.establish();
      this.failures = 0;
      return session;
    } catch (cause) {
      this.backOff(cause);
      throw cause;
    }
  }

  private backOff(cause: unknown): void {
    this.failure = cause;
    this.failures += 1;
    this.retryAtMs = performance.now() + backoffMs(this.failures, { initialMs: 50, maxMs: 2_000 });
  }

  private async establish(): Promise<Session> {
    const { connectTimeoutMs } = this.settings;
    const endpoint = await this.place.find();
    this.checkOpen();
    const where = nameOf(endpoint);
    const client = makeClient(this.settings, endpoint);
    this.dialled = client;
    let trouble: unknown;
    client.on('error', (error: Error) => {
      trouble ??= error;
    });
    try {
      const late = () => new StoreUnavailableError(`Redis at ${where} was not ready within ${connectTimeoutMs} ms`);
      const session = await deadline(this.prepare(client, where), connectTimeoutMs, late);
      this.checkOpen();
      this.session = session;
      client.once('end', () => this.lose(session, 'the server closed the connection'));
      return session;
    } catch (cause) {
      discard(client);
      // What ioredis rejects with only says that the connection is closed; why, it emits.
      const why = this.closed?.() ?? toError(trouble ?? cause);
      this.place.failed(endpoint);
      throw toStoreError(why, { where });
    } finally {
      this.dialled = undefined;
    }
  }

  private async prepare(client: Redis, where: string): Promise<Session> {
    await client.connect();
    // ioredis has asked for it already, but where it is refused it goes on with database 0.
    if (this.settings.client.db) await client.select(this.settings.client.db);
    const runId = await checkServer(client, where);
    await this.place.check(client, where);
    const id = await client.client('ID');
    const { lost } = this;
    if (lost?.runId === runId) {
      await client.client('KILL', 'ID', lost.id).catch(() => {
        // The user may not: a read that the server still serves for it ends by itself, within `blockMs`.
        this.surelyOverMs = performance.now() + 2 * this.settings.blockMs;
      });
    }
    this.lost = undefined;
    return { client, wire: new Wire(client.stream), known: new Set(), id, runId, where };
  }

  private checkOpen(): void {
    if (this.closed) throw this.closed();
  }

  /** @param why what those are told who wait for an answer */
  private lose(session: Session, why: string): void {
    if (this.session !== session) return;
    this.session = undefined;
    this.lost = session;
    session.wire.end(new StoreUnavailableError(`the connection to Redis at ${session.where} was given up: ${why}`));
    discard(session.client);
  }
}

/** Asks for a script: by its name where the server has it, else it goes along. */
async function scripted<T>(
  { known }: Session,
  name: ScriptName,
  ask: (head: [string, string]) => Promise<T>,
): Promise<T> {
  const { source, sha } = scriptOf(name);
  if (!known.has(name)) {
    known.add(name);
    return ask(['EVAL', source]);
  }
  try {
    return await ask(['EVALSHA', sha]);
  } catch (cause) {
    // Somebody has flushed the server's scripts.
    if (!(isReplyError(cause) && String(cause).includes('NOSCRIPT'))) throw cause;
    return ask(['EVAL', source]);
  }
}
