/** A column: its heading, and whether it holds numbers, which stand to the right. */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/** Lays rows out in columns, two spaces apart; the first line is the headings. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) =>
    columns
      .map((column, i) => pad(line[i] ?? '', widths[i] ?? 0, column))
      .join('  ')
      .trimEnd(),
  );
}

function pad(text: string, width: number, { numeric = false }: Column): string {
  return numeric ? text.padStart(width) : text.padEnd(width);
}
