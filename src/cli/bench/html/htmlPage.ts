import type { BenchReport, Section } from '../report.ts';
import { growthTable, latencyTable, machineText } from '../text.ts';
import { assets } from './assets.ts';
import { escaped, jsonForScript, tableHtml } from './markup.ts';
import { plotsOf } from './plots.ts';
import { STYLES } from './styles.ts';
import { tiles } from './tiles.ts';

/** The report as one page that needs nothing else: no network, no other file. */
export function htmlPage(report: BenchReport): string {
  const { plotScript, plotStyles, pageScript } = assets();
  const plots = report.sections.flatMap(plotsOf);
  let drawn = 0;
  const sections = report.sections.map((section) => {
    const count = plotsOf(section).length;
    drawn += count;
    return sectionHtml(section, drawn - count, count);
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(report.title)}</title>
<style>${plotStyles}${STYLES}</style>
</head>
<body>
${headHtml(report)}
<main>
${tiles(report)}
${sections.join('\n')}
${noticesHtml(report)}
</main>
<script type="application/json" id="plots">${jsonForScript(plots)}</script>
<script>${plotScript}</script>
<script type="module">${pageScript}</script>
</body>
</html>
`;
}

function headHtml(report: BenchReport): string {
  const settings = Object.entries(report.settings).map(settingHtml);
  const ended = report.interrupted ? '<p class="warn">Ended early: what was measured until then.</p>' : '';
  return `<header>
<h1>${escaped(report.title)}</h1>
<p>Sluice ${escaped(report.version)} · ${escaped(report.startedAt.replace('T', ' ').slice(0, 19))} UTC</p>
<p>${escaped(machineText(report))}</p>
<p class="settings">${settings.join(' ')}</p>
${ended}
</header>`;
}

/** `durationMs: 30000` as people write it: duration 30 s. */
function settingHtml([name, value]: readonly [string, string | number]): string {
  const [, what = name, unit] = /^(\w+)(Ms|Bytes)$/.exec(name) ?? [];
  const told = unit === undefined ? value : unit === 'Ms' ? `${Number(value) / 1_000} s` : `${value} bytes`;
  return `<span><b>${escaped(what)}</b> ${escaped(String(told))}</span>`;
}

function sectionHtml(section: Section, firstPlot: number, plotCount: number): string {
  const { title, how, figures, latencies = [], table, growth = [] } = section;
  const rows = figures.map(({ name, value, unit = '' }) => [name, value, unit] as const);
  const tables = [
    ...(latencies.length > 0 ? [latencyTable(latencies)] : []),
    ...(rows.length > 0 ? [{ columns: ['', 'figure', ''], rows }] : []),
    ...(table ? [table] : []),
    ...growth.map(growthTable),
  ];
  const plots = Array.from({ length: plotCount }, (_, i) => `<figure data-plot="${firstPlot + i}"></figure>`);
  return `<section>
<h2>${escaped(title)}</h2>
${how === '' ? '' : `<p>${escaped(how)}</p>`}
<div class="plots">${plots.join('')}</div>
<div class="tables">${tables.map(tableHtml).join('')}</div>
</section>`;
}

function noticesHtml({ notices }: BenchReport): string {
  if (notices.length === 0) return '';
  const rows = notices.map(({ code, count, message }) => [code, count, message] as const);
  return `<section><h2>Notices</h2>${tableHtml({ columns: ['code', 'times', 'the first'], rows })}</section>`;
}
