import type { KeptDeadLetter, OpenDeadLetter } from '../../bus/deadLetters/keptDeadLetter.ts';

/** How many characters of an error's message a line has. */
const LINE_TEXT = 100;

/** `2 dead letters`. */
export function amount(count: number): string {
  return `${count.toLocaleString('en-US')} dead letter${count === 1 ? '' : 's'}`;
}

/** One line of a list. */
export function lineOf(letter: KeptDeadLetter): string {
  const { topic, group, stage, attempts, error } = letter;
  const where = stage === undefined ? group : `${group}/${stage}`;
  return `${refOf(letter)}  ${timeText(letter.time)}  ${topic}  ${where}  ${attempts} ×  ${short(`${error.name}: ${error.message}`)}`;
}

/** All there is to say about one. */
export function pageOf(letter: OpenDeadLetter): string {
  const { topic, group, stage, attempts, error, priority, encoding, type, messageId, key, headers } = letter;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['id', refOf(letter)],
    ['rejected', timeText(letter.time)],
    ['by group', group],
    ['in stage', stage],
    ['attempts', `${attempts}`],
    ['topic', topic],
    ['priority', priority],
    ['message id', messageId],
    ['published', timeText(letter.publishedAt)],
    ['key', key],
    ['type', type === '' ? undefined : type],
    ['encoding', encoding],
    ['trace', letter.trace ?? headers['traceparent']],
    ...Object.entries(headers).map(([name, value]) => [`header ${name}`, value] as const),
  ];
  const said = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(...said.map(([name]) => name.length));
  const table = said.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
  return `${table}\n\n${error.stack ?? `${error.name}: ${error.message}`}\n\n${dataText(letter)}\n`;
}

/** One as JSON: what is bytes in base64. */
export function jsonOf(letter: KeptDeadLetter | OpenDeadLetter): string {
  return JSON.stringify({ ...letter, ref: refOf(letter) }, (_, value: unknown) => {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (typeof value === 'bigint') return `${value}`;
    // A Buffer has been made an object by its own toJSON.
    if (isBytes(value)) return Buffer.from(value.data).toString('base64');
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  });
}

function refOf({ stream, id }: KeptDeadLetter): string {
  return `${stream}:${id}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LINE_TEXT ? `${line.slice(0, LINE_TEXT - 1)}…` : line;
}

function dataText({ data, unreadable, raw, payload }: OpenDeadLetter): string {
  if (raw) return `no message; its fields: ${Object.keys(raw).join(', ')}`;
  if (unreadable) return `data that can't be read: ${unreadable.message}\n${Buffer.from(payload).toString('base64')}`;
  if (data instanceof Uint8Array) return Buffer.from(data).toString('base64');
  return JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value), 2);
}

function isBytes(value: unknown): value is { readonly data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value;
}
