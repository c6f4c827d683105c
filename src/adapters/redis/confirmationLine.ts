import type { Confirmation } from './confirmation.ts';
import type { Life } from './connection.ts';
import type { Part } from './request.ts';
import type { ScriptName } from './scripts.ts';
import type { Reply } from './valueReply.ts';

/** How long one WAIT may take, in ms: the connection stands still meanwhile. A server looks ten times a second. */
const WAIT_MS = 100;

/** What an append was answered with, and what was confirmed of it so far. */
export interface Kept {
  readonly places: Reply;
  readonly confirmed: readonly number[];
}

/**
 * The confirmations of one connection. With none under way, an append has one right behind it. While one is, the
 * server does nothing else for the connection, so appends gather behind it and share the next: however many there
 * are, none waits for more than two.
 */
export class ConfirmationLine {
  private under = 0;
  private last: Promise<unknown> = Promise.resolve();
  /** Those that were not asked for yet, by command. */
  private readonly rounds = new Map<string, Promise<readonly number[]>>();

  constructor(private readonly life: Life) {}

  /** Appends go out in the order of the calls. */
  async write(script: ScriptName, parts: readonly Part[], means: Confirmation, asking: boolean): Promise<Kept> {
    const { life } = this;
    const command = means.command(WAIT_MS);
    if (this.under > 0 && !asking) {
      const places = await life.script(script, parts);
      return { places, confirmed: await this.next(means) };
    }
    const both = asking ? life.askingThen(script, parts, command) : life.scriptThen(script, parts, command);
    const [places, first] = await this.watched(both);
    return { places, confirmed: means.read(first) };
  }

  /** What the next confirmation says, of all that was appended until now. */
  next(means: Confirmation): Promise<readonly number[]> {
    const command = means.command(WAIT_MS);
    const name = command.join(' ');
    const known = this.rounds.get(name);
    if (known) return known;
    const round = this.last.then(async () => {
      this.rounds.delete(name);
      return means.read(await this.watched(this.life.question(...command)));
    });
    this.rounds.set(name, round);
    return round;
  }

  private async watched<T>(call: Promise<T>): Promise<T> {
    this.under += 1;
    const over = () => {
      this.under -= 1;
    };
    this.last = call.then(over, over);
    return call;
  }
}
