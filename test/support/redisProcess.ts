import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { eventually } from './eventually.ts';
import { ping } from './ping.ts';

const START_MS = 10_000;
const STOP_MS = 5_000;

const live = new Set<RedisServer>();
process.once('exit', () => {
  for (const server of live) server.destroy();
});
// Without a listener these end the process with no 'exit' event, and leave its servers running.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGHUP', () => process.exit(129));

/** A redis-server of our own, on 127.0.0.1. */
export class RedisServer implements AsyncDisposable {
  readonly pid: number;
  private readonly exited: Promise<unknown>;
  private output = '';

  constructor(
    private readonly child: ChildProcess,
    /** Removed once it has ended. */
    private readonly folder: string | undefined,
    readonly port: number,
    private readonly password?: string,
  ) {
    this.pid = child.pid ?? -1;
    this.exited = once(child, 'close').catch((error: unknown) => {
      this.output += String(error);
    });
    child.stdout?.on('data', (chunk) => this.keep(chunk));
    child.stderr?.on('data', (chunk) => this.keep(chunk));
    live.add(this);
    void this.exited.then(() => this.forget());
  }

  get url(): string {
    const user = this.password === undefined ? '' : `:${encodeURIComponent(this.password)}@`;
    return `redis://${user}127.0.0.1:${this.port}`;
  }

  /** The last of what the server wrote. */
  get log(): string {
    return this.output.trim();
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(): Promise<void> {
    if (!this.running) return void (await this.exited);
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    this.resume();
    this.child.kill('SIGTERM');
    await this.exited;
    clearTimeout(late);
  }

  /** Sends a signal, and waits for the end if it is one that ends a process. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT') await this.exited;
  }

  /** Freezes the server: its sockets stay open and nothing answers. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  destroy(): void {
    this.child.kill('SIGKILL');
    this.forget();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async answers(): Promise<void> {
    const ready = async (): Promise<boolean> => !this.running || (await ping(this.port, this.password));
    await eventually(ready, { withinMs: START_MS }).catch((error: Error) => this.refuse(error.message));
    if (!this.running) await this.refuse('it ended');
  }

  private async refuse(reason: string): Promise<never> {
    this.child.kill('SIGKILL');
    await this.exited;
    throw new Error(`redis-server on port ${this.port} did not start (${reason}):\n${this.log}`);
  }

  private keep(chunk: unknown): void {
    this.output = `${this.output}${chunk}`.slice(-8_192);
  }

  private forget(): void {
    live.delete(this);
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}
