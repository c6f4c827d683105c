import { asapScheduler } from 'rxjs';

/** Runs something once, soon: in a turn of its own behind what runs now, however often it was asked for meanwhile. */
export class Soon {
  private asked = false;

  constructor(private readonly run: () => void) {}

  ask(): void {
    if (this.asked) return;
    this.asked = true;
    asapScheduler.schedule(() => {
      this.asked = false;
      this.run();
    });
  }
}
