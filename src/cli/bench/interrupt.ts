/** What the first of these asks for: to end with what there is. The second one ends the process as usual. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens for Ctrl-C. */
export class Interrupt implements Disposable {
  private readonly controller = new AbortController();
  /** The exit code for it; undefined while there was none. */
  code: number | undefined;

  constructor(private readonly told: () => void) {
    for (const name of this.names) process.once(name, this.heard);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  [Symbol.dispose](): void {
    for (const name of this.names) process.off(name, this.heard);
  }

  private get names(): readonly (keyof typeof SIGNALS)[] {
    return Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  }

  private readonly heard = (name: NodeJS.Signals): void => {
    this[Symbol.dispose]();
    this.code = SIGNALS[name as keyof typeof SIGNALS];
    this.told();
    this.controller.abort();
  };
}
