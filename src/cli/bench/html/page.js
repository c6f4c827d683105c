// @ts-nocheck: it runs in a browser, whose types this project does not have.

const HEIGHT = 260;
const plots = JSON.parse(document.getElementById('plots').textContent);

const shown = (value) => {
  if (value === null || value === undefined) return '–';
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (Math.abs(value) >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return `${Number(value.toPrecision(3))}`;
};

/** One in `rest` is slower: 100 is the 99th percentile. */
const percentile = (rest) => (rest > 1 ? `${Number((100 - 100 / rest).toPrecision(8))} %` : '0 %');

const scaleOf = ({ scale = 'linear' }) => (scale === 'linear' ? { time: false } : { time: false, distr: 3 });

const power = (at) => Math.abs(Math.log10(at) - Math.round(Math.log10(at))) < 1e-6;
/** On a scale of powers only those of ten have room for a line and a label, unless there are hardly any. */
const powers = (_, splits) => (splits.filter(power).length < 2 ? splits : splits.map((at) => (power(at) ? at : null)));

function axisOf({ label, scale = 'linear' }, colors, told) {
  const sparse = scale === 'linear' ? {} : { filter: powers };
  const lines = { stroke: colors.line, width: 1, ...sparse };
  return {
    label,
    labelSize: 22,
    labelFont: '12px system-ui, sans-serif',
    stroke: colors.faint,
    grid: lines,
    ticks: lines,
    values: (_, splits) => splits.map((at) => (at === null ? null : told(at))),
    ...sparse,
  };
}

function seriesOf({ name, style }, color) {
  const common = {
    label: name,
    stroke: color,
    width: 2,
    spanGaps: true,
    points: { show: false },
    value: (_, v) => shown(v),
  };
  if (style === 'dashed') return { ...common, width: 1.5, dash: [5, 4] };
  if (style === 'dots') return { ...common, points: { show: true, size: 7, fill: color } };
  if (style === 'steps') return { ...common, paths: uPlot.paths.stepped({ align: 1 }), fill: `${color}22` };
  return common;
}

function colorsNow() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { faint: of('--faint'), line: of('--line'), series: of('--series').split(/,\s*/) };
}

function draw(figure, { title, x, y, lines }) {
  const colors = colorsNow();
  const told = x.scale === 'rest' ? percentile : shown;
  const data = uPlot.join(lines.map(({ points }) => [points.map(([at]) => at), points.map(([, value]) => value)]));
  const options = {
    width: figure.clientWidth,
    height: HEIGHT,
    padding: [10, 30, 0, 0],
    scales: {
      x: scaleOf(x),
      y: { ...scaleOf(y), ...(y.scale ? {} : { range: (_, low, high) => [Math.min(0, low), high * 1.05 || 1] }) },
    },
    axes: [axisOf(x, colors, told), { ...axisOf(y, colors, shown), size: 62 }],
    series: [
      { label: x.label, value: (_, v) => (v === null ? '–' : told(v)) },
      ...lines.map((line, i) => seriesOf(line, colors.series[(line.hue ?? i) % colors.series.length])),
    ],
  };
  const caption = document.createElement('figcaption');
  caption.textContent = title;
  figure.replaceChildren(caption);
  return new uPlot(options, data, figure);
}

const figures = [...document.querySelectorAll('[data-plot]')];
let drawn = [];
const drawAll = () => {
  for (const plot of drawn) plot.destroy();
  drawn = figures.map((figure) => draw(figure, plots[Number(figure.dataset.plot)]));
};

drawAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
addEventListener('resize', () => {
  for (const [i, plot] of drawn.entries()) plot.setSize({ width: figures[i].clientWidth, height: HEIGHT });
});
