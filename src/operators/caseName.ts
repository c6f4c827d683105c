const SHOWN = 80;

/** A pattern of ts-pattern as text, for the graph and for messages; its matchers, which have no text, show as `P`. */
export function caseName(pattern: unknown): string {
  const text = show(pattern);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

function show(pattern: unknown): string {
  if (typeof pattern === 'string') return `'${pattern}'`;
  if (typeof pattern === 'bigint') return `${pattern}n`;
  if (typeof pattern !== 'object' || pattern === null) return String(pattern);
  if (Object.getOwnPropertySymbols(pattern).length > 0) return 'P';
  if (Array.isArray(pattern)) return `[${pattern.map(show).join(', ')}]`;
  const fields = Object.entries(pattern).map(([key, value]) => `${key}: ${show(value)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
