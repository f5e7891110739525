/**
 * Drawings: series have a colour of the palette of Okabe and Ito (2008; darker in light, so that lines stand out from paper) and a dash, marks have a
 * shape each. Text in drawings is at least as large as small print.
 */
export const CHART_STYLE = `
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.2rem 2.2rem;margin:1.2rem 0}
.chart{margin:0;min-width:0}
.wide .chart{margin:1.2rem 0}
.chart figcaption{font-weight:600;font-size:.93rem;overflow-wrap:anywhere}
.chart>svg{width:100%;height:auto;display:block;margin-top:.3rem;overflow:visible}
.chart text,.nodes text{font-family:inherit}
.chart text{font-size:11.5px;fill:var(--soft)}
.heights,.limit-text,.lane{text-anchor:end}.widths{text-anchor:middle}.limit-text.start{text-anchor:start}
.chart figcaption .evidence{font-size:.78rem;margin-left:.4rem}
.legend{margin:.15rem 0 0;font-size:.85rem;color:var(--soft)}
.legend span{margin-right:1rem;white-space:nowrap}
.legend .key-mark{white-space:normal}
.key{width:24px;height:10px;margin-right:.35rem}
.dot{width:14px;height:14px;margin-right:.3rem;vertical-align:-2px}
.grid{stroke:var(--line);fill:none}
.base,.tick{stroke:var(--c0);fill:none}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.line.s1{stroke:var(--c1)}.line.s2{stroke:var(--c2)}.line.s3{stroke:var(--c3)}
path.filled{fill:color-mix(in srgb,var(--c1) 14%,transparent)}
.week path{vector-effect:non-scaling-stroke}
.line.dashed{stroke-dasharray:6 4}
.line.guess{stroke-dasharray:2 4;stroke-width:1.5}
.band{fill:var(--c1);opacity:.14}
.point{fill:var(--paper);stroke:var(--c1);stroke-width:2}
.point.small{stroke-width:1.4}
.point.broken{stroke:var(--bad);fill:var(--bad)}
.interval{stroke:var(--c1);stroke-width:5;opacity:.45;fill:none}
.limit{stroke:var(--bad);stroke-width:1.6;stroke-dasharray:8 3;fill:none}
.chart .limit-text{fill:var(--bad);font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:3px}
.planned{stroke:var(--soft);stroke-width:1.4;stroke-dasharray:2 3;fill:none}
.operating{fill:var(--c2);stroke:var(--paper);stroke-width:1.5}
.front{fill:none;stroke:var(--c0);stroke-dasharray:3 4}
.cross{stroke:var(--c0);stroke-width:1.8;fill:none}
.lost{fill:var(--bad)}.lost-line{stroke:var(--bad);opacity:.4}.lost-key{color:var(--bad)}
.hit{fill:transparent}
[data-tip]{cursor:default;outline:none}
g[data-tip]:hover .hit,g[data-tip]:focus-visible .hit{fill:var(--c0);opacity:.16}
g[data-tip]:focus-visible .point,g[data-tip]:focus-visible .operating,g[data-tip]:focus-visible .cross,g[data-tip]:focus-visible .lost{stroke:var(--ink);stroke-width:4}
svg[data-tip]:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
.node{fill:var(--panel);stroke:var(--c0)}
.node.behind{fill:var(--paper)}
.cells{stroke:var(--line);fill:none}
.bar .c0,.nodes .c0{fill:var(--c0)}.bar .c1,.nodes .c1{fill:var(--c1)}.nodes .c2{fill:var(--c2)}.nodes .c3{fill:var(--c3)}
.nodes .c4{fill:var(--c4)}.nodes .c5{fill:var(--c5)}.nodes .c6{fill:var(--c6)}
.nodes text{fill:var(--paper);font-size:11px;font-weight:700;text-anchor:middle}
`;
