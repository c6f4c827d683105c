import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { sharedClock } from '../ledger/sharedClock.ts';
import { DETOURS } from '../processes/detourSetting.ts';
import { type ProcessSettings, SETTINGS } from '../processes/settings.ts';
import { Line } from './line.ts';

const MAIN = new URL('../processes/main.ts', import.meta.url);

/** A process stops within 15 s if all is well; the rest is for a machine that has much to do. */
const STOP_WITHIN_MS = 60_000;

/** How a process ended. */
export interface Life {
  readonly process: string;
  readonly endedAt: number;
  /** Set if nobody asked it to end: how it did, and what it said last. */
  readonly crash?: string;
}

/** One process, from its start to its end. */
export class Player {
  readonly name: string;
  readonly ended: Promise<Life>;
  private readonly child: ChildProcess;
  private asked = false;
  private output = '';

  static async start(settings: ProcessSettings, ports: readonly number[]): Promise<Player> {
    const { line, detours } = await Line.to(ports);
    return new Player(settings, line, detours);
  }

  private constructor(
    readonly settings: ProcessSettings,
    readonly line: Line,
    detours: readonly (readonly [number, number])[],
  ) {
    this.name = settings.name;
    this.child = fork(MAIN, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, [SETTINGS]: JSON.stringify(settings), [DETOURS]: JSON.stringify(detours) },
    });
    this.child.on('error', () => undefined);
    this.child.stdout?.on('data', (chunk) => this.keep(chunk));
    this.child.stderr?.on('data', (chunk) => this.keep(chunk));
    this.ended = this.end();
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves once it is at work, or at its end. */
  async up(): Promise<void> {
    await Promise.race([once(this.child, 'message'), this.ended]);
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    this.asked = true;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to end in an orderly way; that it does not counts as a crash. */
  async stop(): Promise<void> {
    this.asked = true;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => {
      this.asked = false;
      this.keep(`it was asked to end and did not within ${STOP_WITHIN_MS} ms`);
      this.child.kill('SIGKILL');
    }, STOP_WITHIN_MS);
    await this.ended;
    clearTimeout(late);
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Sets by how much its clock is off, in ms. */
  jump(byMs: number): void {
    if (this.child.connected) this.child.send(byMs, () => undefined);
  }

  private async end(): Promise<Life> {
    await once(this.child, 'close');
    const endedAt = sharedClock();
    await this.line.close();
    const { exitCode, signalCode } = this.child;
    const how = `${exitCode ?? signalCode}: ${this.output}`;
    return { process: this.name, endedAt, ...(!this.asked && { crash: how }) };
  }

  private keep(chunk: unknown): void {
    this.output = `${this.output}${chunk}`.slice(-4_096);
  }
}
