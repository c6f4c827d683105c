import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.ts';

/** A process of its own that runs a file of `test/integration/processes` and sends messages. */
export class TestProcess<M> implements AsyncDisposable {
  readonly messages: M[] = [];
  private output = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(name: string, args: readonly string[] = [], execArgv: readonly string[] = []) {
    const file = new URL(`../integration/processes/${name}.ts`, import.meta.url);
    this.child = fork(file, args, {
      execArgv: [...execArgv, '--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.on('message', (message) => this.messages.push(message as M));
    this.child.stdout?.on('data', (chunk) => this.keep(chunk));
    this.child.stderr?.on('data', (chunk) => this.keep(chunk));
    this.exited = once(this.child, 'close');
  }

  /** Resolves with the first message, or the first that fits. */
  async heard(fits: (message: M) => boolean = () => true, withinMs = 30_000): Promise<M> {
    let found: M | undefined;
    const arrived = () => {
      found = this.messages.find(fits);
      return found !== undefined || this.child.exitCode !== null;
    };
    await eventually(arrived, { withinMs }).catch((cause) => this.refuse(cause.message));
    return found ?? this.refuse('it ended without the message that was awaited');
  }

  /** Resolves once the process has ended by itself. */
  async end(): Promise<void> {
    await this.exited;
    if (this.child.exitCode !== 0) this.refuse(`it ended with ${this.child.exitCode ?? this.child.signalCode}`);
  }

  /** Whether it has ended, whatever ended it. */
  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  send(message: unknown): void {
    this.child.send(message as Parameters<ChildProcess['send']>[0]);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private keep(chunk: unknown): void {
    this.output = `${this.output}${chunk}`.slice(-8_192);
  }

  private refuse(reason: string): never {
    throw new Error(`process ${this.child.spawnargs.at(-1)}: ${reason}\n${this.output}`);
  }
}
