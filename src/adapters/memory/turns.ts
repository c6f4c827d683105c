/** Something that takes its turn. */
export interface Turn {
  run(): void;
}

/**
 * Runs turns one after another: what is asked for during a turn runs after it, not within. A reply makes its receiver
 * append, settle or take again, which replies to others in turn: that is a loop here, however long, and no recursion.
 */
export class Turns {
  private readonly asked = new Set<Turn>();
  private running = false;

  run(turn: Turn): void {
    this.asked.add(turn);
    if (this.running) return;
    this.running = true;
    try {
      for (const next of this.asked) {
        this.asked.delete(next);
        next.run();
      }
    } finally {
      this.running = false;
    }
  }
}
