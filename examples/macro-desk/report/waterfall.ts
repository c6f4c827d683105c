import { table } from './table.ts';

/** A span, as much of it as a waterfall shows. */
export interface Bar {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  /** In ms, on one clock. */
  readonly start: number;
  readonly end: number;
}

const COLUMNS = [{ heading: 'span' }, { heading: 'ms', numeric: true }, { heading: '' }];
const NARROWEST = 10;

/** A trace as a waterfall: a line for each span, children under their parent by start, bars on a common scale. */
export function waterfall(spans: readonly Bar[], columns: number): readonly string[] {
  if (spans.length === 0) return [];
  const start = Math.min(...spans.map((span) => span.start));
  const total = Math.max(...spans.map((span) => span.end)) - start;
  const rows = inOrder(spans).map(({ span, depth }) => [
    `${'  '.repeat(depth)}${span.name}`,
    (span.end - span.start).toFixed(2),
  ]);
  const labels = table(COLUMNS, rows);
  const room = columns - Math.max(...labels.map((label) => label.length)) - 2;
  const scale = Math.max(NARROWEST, room) / (total || 1);
  const bars = inOrder(spans).map(({ span }) => line(span.start - start, span.end - start, scale));
  const widest = Math.max(...labels.map((label) => label.length));
  return labels.map((label, i) => `${label.padEnd(widest)}  ${bars[i - 1] ?? ''}`.trimEnd());
}

interface Placed {
  readonly span: Bar;
  readonly depth: number;
}

/** Depth first; what lost its parent stands at the top. */
function inOrder(spans: readonly Bar[]): readonly Placed[] {
  const known = new Set(spans.map((span) => span.id));
  const under = (parent: string | undefined, depth: number): readonly Placed[] =>
    spans
      .filter((span) => (span.parent !== undefined && known.has(span.parent) ? span.parent : undefined) === parent)
      .sort((a, b) => a.start - b.start)
      .flatMap((span) => [{ span, depth }, ...under(span.id, depth + 1)]);
  return under(undefined, 0);
}

/** At least one character wide, however short the span. */
function line(from: number, to: number, scale: number): string {
  const begin = Math.floor(from * scale);
  return ' '.repeat(begin) + '█'.repeat(Math.max(1, Math.round(to * scale) - begin));
}
