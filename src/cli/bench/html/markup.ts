import type { Table } from '../report.ts';
import { shown } from '../shown.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}

/** For a script of data: what could end the script is written otherwise. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** Words begin at the left, figures end at the right. */
function cellHtml(cell: string | number): string {
  const words = typeof cell === 'string' && /^\p{L}/u.test(cell);
  return `<td${words ? ' class="words"' : ''}>${escaped(shown(cell))}</td>`;
}

/** A table whose first column names the rows. */
export function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('');
  const body = rows.map(([name = '', ...cells]) => {
    const data = cells.map(cellHtml).join('');
    return `<tr><th scope="row">${escaped(shown(name))}</th>${data}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
