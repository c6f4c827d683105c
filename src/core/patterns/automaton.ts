import type { Expression } from './parseExpression.ts';
import { type State, statesOf } from './statesOf.ts';

/** One pass over a topic. */
interface Pass {
  readonly topic: string;
  /** For each lookahead of an earlier pass, the positions where it holds. */
  readonly held: readonly Uint8Array[];
  /** The positions from which the end is reached: written by the pass. */
  readonly matched: Uint8Array;
}

/**
 * Runs an expression over topics without ever going back: all states that it may be in move on together, from the end of
 * the topic to its beginning. Backwards, because then one pass tells for every position whether a lookahead holds there,
 * before the pass that asks.
 *
 * So a match takes at most `size` × (length + 1) steps, whatever the expression and the topic: each state is entered once
 * a position.
 */
export class Automaton {
  private readonly states: readonly State[];
  private readonly entry: number;
  private readonly looks: readonly number[];
  // Used anew at every position: a match makes no garbage but what its lookaheads hold.
  private readonly pending: Int32Array;
  private readonly reading: Int32Array;
  /** At which turn each state was entered last. */
  private readonly entered: Float64Array;
  private turn = 0;

  constructor(expression: Expression) {
    const { states, entry, looks } = statesOf(expression);
    this.states = states;
    this.entry = entry;
    this.looks = looks;
    // Each state leads on to two at most, and is read into once.
    this.pending = new Int32Array(3 * states.length + 1);
    this.reading = new Int32Array(states.length);
    this.entered = new Float64Array(states.length);
  }

  /** How many states it has. */
  get size(): number {
    return this.states.length;
  }

  matches(topic: string): boolean {
    const held: Uint8Array[] = [];
    const pass = () => ({ topic, held, matched: new Uint8Array(topic.length + 1) });
    for (const look of this.looks) held.push(this.run(pass(), look, true));
    return this.run(pass(), this.entry, false)[0] === 1;
  }

  /** @param anywhere whether the expression may end anywhere, as a lookahead may, or at the topic's end alone */
  private run(pass: Pass, entry: number, anywhere: boolean): Uint8Array {
    const { topic, matched } = pass;
    let pending = 0;
    for (let at = topic.length; at >= 0; at -= 1) {
      if (anywhere || at === topic.length) this.pending[pending++] = entry;
      else if (pending === 0) break;
      const reading = this.enter(pending, at, pass);
      pending = at === 0 ? 0 : this.read(reading, topic.charCodeAt(at - 1));
    }
    return matched;
  }

  /** Enters what is pending and whatever it leads to without reading; returns how many states wait to read. */
  private enter(count: number, at: number, pass: Pass): number {
    const { pending, entered, states } = this;
    let waiting = count;
    let reading = 0;
    this.turn += 1;
    while (waiting > 0) {
      const number = pending[--waiting] as number;
      if (entered[number] === this.turn) continue;
      entered[number] = this.turn;
      const state = states[number] as State;
      if (state.kind === 'read') this.reading[reading++] = number;
      else if (state.kind === 'done') pass.matched[at] = 1;
      else if (passes(state, at, pass)) {
        pending[waiting++] = state.next;
        if (state.kind === 'fork') pending[waiting++] = state.other;
      }
    }
    return reading;
  }

  /** Gives a character to what waits to read; returns how many states are pending then. */
  private read(count: number, code: number): number {
    let pending = 0;
    for (let i = 0; i < count; i += 1) {
      const state = this.states[this.reading[i] as number] as State;
      if (state.has(code)) this.pending[pending++] = state.next;
    }
    return pending;
  }
}

function passes(state: State, at: number, { topic, held }: Pass): boolean {
  if (state.kind === 'fork') return true;
  if (state.kind === 'start') return at === 0;
  if (state.kind === 'end') return at === topic.length;
  if (state.kind === 'more') return at < topic.length;
  return (held[state.other]?.[at] === 1) !== state.negative;
}
