/** No state: the root, where every search begins, is 0. */
const NONE = -1;

/**
 * Finds which of many texts occur in another, in one pass over it however many they are (Aho and Corasick, 1975).
 * Memory: a state for each character of the texts that no other shares.
 */
export class LiteralFinder {
  /** Small numbers for the characters that occur, so that a state and a character make one key of a map. */
  private readonly characters = new Map<number, number>();
  private readonly next = new Map<number, number>();
  /** By state: which text ends there, or -1. */
  private readonly ends: number[] = [NONE];
  /** By state: that of the longest shorter end of what was read which begins a text. */
  private readonly shorter: number[] = [0];
  /** By state: the nearest of those behind which a text ends, or the root. */
  private readonly shorterEnd: number[] = [0];
  /** By state: in which search a text was found that ends there. */
  private readonly found: number[] = [0];
  private search = 0;

  /** The texts, each different, none empty. */
  constructor(private readonly texts: readonly string[]) {
    for (const text of texts) for (let i = 0; i < text.length; i += 1) this.learn(text.charCodeAt(i));
    for (const [number, text] of texts.entries()) this.ends[this.branch(text)] = number;
    this.link();
  }

  /** The numbers of the texts that occur, each once. */
  in(topic: string): readonly number[] {
    const numbers: number[] = [];
    this.search += 1;
    let state = 0;
    for (let i = 0; i < topic.length; i += 1) {
      state = this.after(state, this.characters.get(topic.charCodeAt(i)));
      this.collect(state, numbers);
    }
    return numbers;
  }

  /** What is found at a state is found at its shorter ends; once one was collected, so were those behind it. */
  private collect(state: number, numbers: number[]): void {
    let at = this.at(this.ends, state) === NONE ? this.at(this.shorterEnd, state) : state;
    while (at !== 0 && this.found[at] !== this.search) {
      this.found[at] = this.search;
      numbers.push(this.at(this.ends, at));
      at = this.at(this.shorterEnd, at);
    }
  }

  private after(state: number, character: number | undefined): number {
    if (character === undefined) return 0;
    for (let from = state; ; from = this.at(this.shorter, from)) {
      const next = this.next.get(this.key(from, character));
      if (next !== undefined) return next;
      if (from === 0) return 0;
    }
  }

  private learn(code: number): void {
    if (!this.characters.has(code)) this.characters.set(code, this.characters.size);
  }

  private branch(text: string): number {
    let state = 0;
    for (let i = 0; i < text.length; i += 1) {
      const key = this.key(state, this.characters.get(text.charCodeAt(i)) as number);
      let next = this.next.get(key);
      if (next === undefined) {
        next = this.ends.push(NONE) - 1;
        this.found.push(0);
        this.next.set(key, next);
      }
      state = next;
    }
    return state;
  }

  /** Breadth first: what is shorter is linked before. */
  private link(): void {
    let level: readonly (readonly [state: number, text: string])[] = this.texts.map((text) => [0, text]);
    for (let depth = 0; level.length > 0; depth += 1) {
      level = level
        .filter(([, text]) => text.length > depth)
        .map(([parent, text]) => {
          const character = this.characters.get(text.charCodeAt(depth)) as number;
          const state = this.next.get(this.key(parent, character)) as number;
          const shorter = depth === 0 ? 0 : this.after(this.at(this.shorter, parent), character);
          this.shorter[state] = shorter;
          this.shorterEnd[state] = this.at(this.ends, shorter) === NONE ? this.at(this.shorterEnd, shorter) : shorter;
          return [state, text];
        });
    }
  }

  private key(state: number, character: number): number {
    return state * this.characters.size + character;
  }

  private at(numbers: readonly number[], state: number): number {
    return numbers[state] as number;
  }
}
