/** More digits than any double needs to be told from its neighbours, or an exponent of three. */
const UNUSUAL_NUMBER = /\d[\d.]{15,}|\d[eE][+-]?\d{3}/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** As the engine has it: the library of TypeScript does not know the context yet. */
const parse = JSON.parse as unknown as (text: string, reviver?: Reviver) => unknown;

/**
 * Reads JSON; a number that a double can't hold to its last digit stays the text that it was: `12345678901234567890`
 * becomes `'12345678901234567890'`. Whoever can do with less makes a number of it.
 *
 * @throws {SyntaxError} if it is no JSON
 */
export function exactJson(text: string): unknown {
  if (!UNUSUAL_NUMBER.test(text)) return parse(text);
  return parse(text, (_key, value, { source }) => {
    return typeof value === 'number' && source !== undefined ? exactNumber(source) : value;
  });
}

/** A number as JSON spells it, or its text if a double can't hold it to its last digit. */
export function exactNumber(source: string): number | string {
  const value = Number(source);
  if (source.length < 16 && value !== 0 && Number.isFinite(value)) return value;
  return digits(source) === digits(String(value)) ? value : source;
}

/** Sign, significant digits and the power of ten: equal for equal numbers, however they are spelled. */
function digits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = whole + fraction;
  let start = 0;
  let end = all.length;
  // By hand: an expression for the zeros at the end looks at those within over and over.
  while (all[start] === '0') start += 1;
  while (end > start && all[end - 1] === '0') end -= 1;
  if (start === end) return '0';
  return `${sign}${all.slice(start, end)}e${Number(exponent) - fraction.length + (all.length - end)}`;
}
