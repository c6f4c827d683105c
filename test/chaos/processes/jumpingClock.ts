/*
 * Lets the wall clock of this process jump: imported before everything else. Timers and the monotonic clock go on, as they
 * do when someone sets a machine's clock.
 */
const RealDate = Date;
let offMs = 0;

class JumpingDate extends RealDate {
  constructor(...args: [] | [value: number | string | Date]) {
    if (args.length === 0) super(RealDate.now() + offMs);
    else super(...args);
  }

  static override now(): number {
    return RealDate.now() + offMs;
  }
}

globalThis.Date = JumpingDate as DateConstructor;

/** Sets by how much the clock is off, in ms. */
export function jumpClock(byMs: number): void {
  offMs = byMs;
}
