/** The page's looks: one column of cards, light and dark as the reader's system is. */
export const STYLES = `
:root {
  --page: #f6f7f9; --card: #fff; --text: #1b2330; --faint: #5d6878; --line: #dde2e9; --warn: #9a4a00;
  --series: #2563c9, #d1640f, #16836b, #a33bb5, #b3243f, #5b6a00, #0f7fa8, #7a4a21;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2029; --text: #e5e9f0; --faint: #98a3b3; --line: #303947; --warn: #ffb068;
    --series: #79aaff, #ff9f55, #4ccfae, #dc8bea, #ff7d92, #bcc94a, #58c4ec, #d0a077;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
header, main { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
header p { margin: 2px 0; color: var(--faint); }
h1 { font-size: 26px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 0 0 2px; }
section > p { margin: 0 0 14px; color: var(--faint); max-width: 80ch; }
.settings span { display: inline-block; margin-right: 14px; }
.settings b { font-weight: 500; color: var(--text); }
.warn { color: var(--warn); font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px; margin: 20px 0 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; display: grid; grid-template-rows: 1fr auto auto; }
.tile b { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.tile span { color: var(--faint); font-size: 13px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px 20px; margin: 18px 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); gap: 18px 24px; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; font-size: 14px; margin-bottom: 2px; }
.tables { display: flex; flex-wrap: wrap; gap: 18px 36px; margin-top: 16px; align-items: flex-start; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; padding-right: 20px; }
td.words { text-align: left; white-space: normal; }
thead th { color: var(--faint); font-weight: 500; }
tbody th { font-weight: 500; }
td:last-child:not(:nth-child(2)) { padding-right: 0; }
.u-legend { font-size: 13px; text-align: left; }
.u-legend th, .u-legend td { border: 0; padding: 1px 4px; }
.u-legend .u-marker { border-radius: 3px; }
@media print { body { background: #fff; } section, .tile { break-inside: avoid; } }
`;
