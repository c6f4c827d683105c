import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessSettings, RoleName } from '../processes/settings.ts';
import { type Life, Player } from './player.ts';

/** How many processes play each role. */
export type Parts = Readonly<Record<RoleName, number>>;

export type SharedSettings = Omit<ProcessSettings, 'role' | 'name'>;

/** Every process there is: who is killed or stopped comes back as another, under its name and the next number. */
export class Cast {
  readonly lives: Life[] = [];
  private readonly players = new Map<string, Player>();
  private readonly incarnations = new Map<string, number>();

  constructor(
    private readonly settings: SharedSettings,
    private readonly ports: readonly number[],
  ) {}

  async start(parts: Parts): Promise<void> {
    for (const [role, count] of Object.entries(parts) as [RoleName, number][]) {
      for (let i = 1; i <= count; i += 1) await this.enter(role, `${role}-${i}`);
    }
    await Promise.all(this.all().map((player) => player.up()));
  }

  /** Those that run now; of some roles, or all. */
  all(wanted: (role: RoleName) => boolean = () => true): readonly Player[] {
    return [...this.players.values()].filter(({ running, settings }) => running && wanted(settings.role));
  }

  /** Ends a player, by `kill -9` or in an orderly way, and lets its successor begin after a while. */
  async replace(player: Player, how: 'kill' | 'stop', afterMs: number): Promise<void> {
    await player[how]();
    await wait(afterMs);
    await this.enter(player.settings.role, slotOf(player));
  }

  /** Stops those of some roles in an orderly way, all at once. */
  async stop(wanted: (role: RoleName) => boolean): Promise<void> {
    await Promise.all(this.all(wanted).map((player) => player.stop()));
  }

  /** Ends whoever is left. */
  async destroy(): Promise<void> {
    await Promise.all(this.all().map((player) => player.kill()));
  }

  private async enter(role: RoleName, slot: string): Promise<void> {
    const incarnation = (this.incarnations.get(slot) ?? 0) + 1;
    this.incarnations.set(slot, incarnation);
    const player = await Player.start({ ...this.settings, role, name: `${slot}.${incarnation}` }, this.ports);
    this.players.set(slot, player);
    void player.ended.then((life) => this.lives.push(life));
  }
}

/** `keeper-1` of `keeper-1.3`. */
function slotOf({ name }: Player): string {
  return name.slice(0, name.lastIndexOf('.'));
}
