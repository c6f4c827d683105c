/** A regular expression without captures and references, as micromatch makes them of globs. */
export type Expression =
  | { readonly kind: 'set'; readonly text: string | undefined; readonly has: (code: number) => boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly part: Expression; readonly least: 0 | 1; readonly most: 1 | typeof Infinity }
  | { readonly kind: 'look'; readonly ahead: Expression; readonly negative: boolean }
  | { readonly kind: 'start' | 'end' | 'more' };

/** Any character, line breaks too: a topic has no lines. */
const ANY: Expression = { kind: 'set', text: undefined, has: () => true };

/**
 * Reads the source of an expression.
 *
 * @throws {SyntaxError} at whatever micromatch does not make of a glob: a reference, a named group, a lookbehind
 */
export function parseExpression(source: string): Expression {
  const parser = new Parser(source);
  const expression = parser.choice();
  parser.expectEnd();
  return expression;
}

class Parser {
  private at = 0;

  constructor(private readonly source: string) {}

  choice(): Expression {
    const options = [this.sequence()];
    while (this.skip('|')) options.push(this.sequence());
    return options.length === 1 ? (options[0] as Expression) : { kind: 'choice', options };
  }

  expectEnd(): void {
    if (this.at < this.source.length) throw this.unexpected();
  }

  private sequence(): Expression {
    const parts: Expression[] = [];
    while (this.at < this.source.length && !'|)'.includes(this.peek())) parts.push(this.repeated(this.atom()));
    return parts.length === 1 ? (parts[0] as Expression) : { kind: 'sequence', parts };
  }

  private repeated(part: Expression): Expression {
    const quantifier = this.match(/(?:[*+?]|\{1,2\})\??/y)?.[0];
    if (quantifier === undefined) return part;
    const once = { kind: 'repeat', part, least: 0, most: 1 } as const;
    if (quantifier[0] === '{') return { kind: 'sequence', parts: [part, once] };
    if (quantifier[0] === '?') return once;
    return { kind: 'repeat', part, least: quantifier[0] === '+' ? 1 : 0, most: Infinity };
  }

  private atom(): Expression {
    if (this.skip('^')) return { kind: 'start' };
    if (this.skip('$')) return { kind: 'end' };
    if (this.skip('(?=.)')) return { kind: 'more' };
    if (this.skip('(?:')) return this.group();
    if (this.skip('(?=')) return { kind: 'look', ahead: this.group(), negative: false };
    if (this.skip('(?!')) return { kind: 'look', ahead: this.group(), negative: true };
    if (this.source.startsWith('(?', this.at)) throw this.unexpected();
    if (this.skip('(')) return this.group();
    if (this.skip('.') || this.skip('[^/]')) return ANY;
    const charClass = this.match(/\[(?:[^\\\]]|\\.)*\]/sy)?.[0];
    if (charClass !== undefined) return classOf(charClass);
    const char = this.match(/\\([^a-zA-Z0-9])|([^*+?[\\])/sy);
    if (!char) throw this.unexpected();
    return letter((char[1] ?? char[2]) as string);
  }

  private group(): Expression {
    const inner = this.choice();
    if (!this.skip(')')) throw this.unexpected();
    return inner;
  }

  private peek(): string {
    return this.source.charAt(this.at);
  }

  private skip(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.source);
    if (found) this.at = sticky.lastIndex;
    return found;
  }

  private unexpected(): SyntaxError {
    const rest = this.source.slice(this.at, this.at + 10);
    return new SyntaxError(`makes an expression with something unexpected at ${this.at}: '${rest}'`);
  }
}

function letter(text: string): Expression {
  const code = text.charCodeAt(0);
  return { kind: 'set', text, has: (other) => other === code };
}

/** A class is asked of one character at a time, which takes one step whatever is in it. */
function classOf(source: string): Expression {
  const expression = new RegExp(source);
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => Number(expression.test(String.fromCharCode(code))));
  return {
    kind: 'set',
    text: undefined,
    has: (code) => (code < 128 ? ascii[code] === 1 : expression.test(String.fromCharCode(code))),
  };
}
