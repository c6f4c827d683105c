import type { Expression } from './parseExpression.ts';

/** What a state does: reads a character, goes two ways, asks a lookahead or the position, or is where it ends. */
export type StateKind = 'read' | 'fork' | 'look' | 'start' | 'end' | 'more' | 'done';

/** One state of an automaton; others are named by their number. */
export interface State {
  readonly kind: StateKind;
  readonly next: number;
  /** The second way of a `fork`; the number of the lookahead that a `look` asks. */
  readonly other: number;
  /** Whether a `look` passes where its lookahead does not hold. */
  readonly negative: boolean;
  /** The characters that a `read` takes. */
  readonly has: (code: number) => boolean;
}

export interface States {
  readonly states: readonly State[];
  /** Where the whole begins: at the end of the expression. */
  readonly entry: number;
  /** Where each lookahead begins; those inside another come before it. */
  readonly looks: readonly number[];
}

/** Makes the states that run an expression backwards, from its end to its beginning (Thompson's construction). */
export function statesOf(expression: Expression): States {
  const builder = new Builder();
  const entry = builder.build(expression, builder.add('done', 0));
  return { states: builder.states, entry, looks: builder.looks };
}

const NEVER = () => false;

class Builder {
  readonly states: State[] = [];
  readonly looks: number[] = [];

  /** Adds an expression that goes on at `next`; returns the number of its first state. */
  build(expression: Expression, next: number): number {
    switch (expression.kind) {
      case 'set':
        return this.add('read', next, { has: expression.has });
      case 'sequence':
        return expression.parts.reduce((behind, part) => this.build(part, behind), next);
      case 'choice':
        return expression.options
          .map((option) => this.build(option, next))
          .reduce((one, other) => this.add('fork', one, { other }));
      case 'repeat':
        return this.repeat(expression, next);
      case 'look':
        return this.look(expression, next);
      default:
        return this.add(expression.kind, next);
    }
  }

  add(kind: StateKind, next: number, more: Partial<State> = {}): number {
    return this.states.push({ kind, next, other: 0, negative: false, has: NEVER, ...more }) - 1;
  }

  private repeat({ part, least, most }: Expression & { kind: 'repeat' }, next: number): number {
    if (most === 1) return this.add('fork', this.build(part, next), { other: next });
    const again = this.add('fork', 0);
    const body = this.build(part, again);
    this.states[again] = { ...(this.states[again] as State), next: body, other: next };
    return least === 1 ? body : again;
  }

  private look({ ahead, negative }: Expression & { kind: 'look' }, next: number): number {
    const entry = this.build(ahead, this.add('done', 0));
    return this.add('look', next, { other: this.looks.push(entry) - 1, negative });
  }
}
