/**
 * Type, colours and layout of the page. Colours of text have a contrast of 4.5 to 1 and more against what they stand on, lines of drawings 3 to 1
 * (WCAG 2.2, criteria 1.4.3 and 1.4.11), in light and in dark; the tests check it in a browser.
 */
export const PAGE_STYLE = `
:root{color-scheme:light dark;
--paper:light-dark(#fff,#12161c);--panel:light-dark(#f6f7f9,#1a2028);--line:light-dark(#dfe3e8,#303844);
--ink:light-dark(#1b222b,#e8ecf1);--soft:light-dark(#56616e,#a5b0bd);--accent:light-dark(#0a5ea8,#6cb8f0);
--good:light-dark(#006b4f,#4fd0a5);--caution:light-dark(#8a5200,#f0b04a);--bad:light-dark(#b0331a,#ff8f73);
--good-wash:light-dark(#e5f4ef,#14312a);--caution-wash:light-dark(#fdf1de,#3a2c12);--bad-wash:light-dark(#fbe9e5,#401d16);
--c0:light-dark(#7b8794,#8a96a3);--c1:light-dark(#0072b2,#56b4e9);--c2:light-dark(#c04f00,#e8843c);--c3:light-dark(#00805d,#2fbf95);
--c4:light-dark(#a8508a,#d48cb8);--c5:light-dark(#8f6400,#e69f00);--c6:light-dark(#5b4bb5,#a79cf0);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;
scroll-behavior:smooth;scroll-padding-top:1rem}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font-variant-numeric:tabular-nums;display:grid;grid-template-columns:13rem minmax(0,1fr)}
main{padding:2.5rem clamp(1rem,4vw,4rem) 4rem;max-width:78rem;outline:none}
main>section{margin-top:3.5rem}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.02em;margin:.1rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;letter-spacing:-.01em;margin:0 0 1rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.6rem 0 .5rem}
p{margin:.5rem 0}
small{color:var(--soft);font-size:.85em;font-weight:400}
a{color:var(--accent)}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-99rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;z-index:9}
.skip:focus{left:.5rem}
.toc{position:sticky;top:0;align-self:start;height:100vh;padding:2.5rem 0 1.5rem 1.5rem;display:flex;flex-direction:column;gap:1rem}
.toc .brand{font-weight:650;letter-spacing:-.01em;margin:0 0 0 .75rem}
.toc ul{list-style:none;margin:0;padding:0;flex:1}
.toc a{display:block;padding:.28rem .75rem;color:var(--soft);text-decoration:none;border-left:2px solid var(--line)}
.toc a:hover{color:var(--ink)}
.toc a[aria-current]{color:var(--accent);border-color:var(--accent);font-weight:600}
button,select,input[type=search]{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.25rem .7rem}
button{cursor:pointer;align-self:start}
.eyebrow{margin:0;color:var(--soft);font-size:.9rem}
.lead{font-size:1.12rem;line-height:1.5;max-width:60rem;margin:0 0 1.6rem;overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(13.5rem,1fr));gap:1px;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.card{background:var(--paper);padding:1.1rem 1.25rem 1rem}
.card h2{border:0;padding:0;margin:0;font-size:.86rem;font-weight:500;letter-spacing:0;color:var(--soft)}
.card p{margin:.2rem 0;font-size:.88rem;color:var(--soft)}
.card .figure{font-size:1.75rem;line-height:1.25;font-weight:620;letter-spacing:-.02em;color:var(--ink);margin:.1rem 0 .4rem}
.card .figure small{font-size:.5em;letter-spacing:0}
.remarks{margin-top:1.2rem;padding:.8rem 1.1rem;background:var(--caution-wash);border-left:3px solid var(--caution);border-radius:0 6px 6px 0}
.remarks ul{margin:.3rem 0;padding-left:1.2rem}
.verdict{display:inline-block;border-radius:5px;padding:0 .45em;font-weight:600;font-size:.92em;white-space:nowrap}
.card .verdict{white-space:normal}
.good{color:var(--good);background:var(--good-wash)}
.caution{color:var(--caution);background:var(--caution-wash)}
.bad{color:var(--bad);background:var(--bad-wash)}
.plain{color:var(--soft);background:var(--panel)}
.evidence{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 .55em;font-size:.82em;font-weight:600;color:var(--soft);white-space:nowrap}
.evidence.measured{color:var(--good);border-width:2px}
.evidence.fitted{color:var(--accent)}
.evidence.assumed{color:var(--caution);border-style:dashed}
.meaning{color:var(--soft);font-size:.9em;margin-right:1.2em}
table{border-collapse:collapse;width:100%;font-size:.9rem}
.scroll{overflow-x:auto;margin:.6rem 0}
th,td{padding:.42rem .9rem .42rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400;unicode-bidi:isolate}
td,tbody th{overflow-wrap:break-word;min-width:4.5rem}
thead th{color:var(--soft);font-size:.84rem;font-weight:500;vertical-align:bottom}
th.n,td.n{text-align:right;white-space:nowrap;overflow-wrap:normal}
td:last-child,th:last-child{padding-right:0}
tbody th small,td small{display:block}
.evidence+.meaning{margin-left:.3em}
.more,.note{color:var(--soft);font-size:.88rem}
.bar{display:block;width:100%;height:4px;margin-top:.25rem;border-radius:2px}
.bar .track{fill:var(--panel)}
.pairs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:0 3rem;margin:1rem 0}
.part h3{margin-top:1rem}
.part tbody th{width:55%}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:.7rem 2rem;margin:.4rem 0 1.2rem}
.facts dt{color:var(--soft);font-size:.84rem}
.facts dd{margin:0;overflow-wrap:anywhere;unicode-bidi:isolate}
.fold{margin:.8rem 0}
.fold>summary{cursor:pointer;color:var(--accent);font-size:.92rem;width:fit-content}
.tools{display:flex;flex-wrap:wrap;gap:.8rem 1.4rem;align-items:center;margin-bottom:1rem;font-size:.92rem;color:var(--soft)}
.tools[hidden],[hidden]{display:none}
.workload{border-top:1px solid var(--line)}
.workload:last-child{border-bottom:1px solid var(--line)}
.workload>summary{display:grid;grid-template-columns:1rem minmax(6rem,1.3fr) minmax(0,2fr) 6rem minmax(0,15rem) 9.2rem 8.2rem;gap:0 .9rem;align-items:baseline;padding:.62rem .4rem;cursor:pointer;list-style:none;font-size:.9rem}
.workload>summary::-webkit-details-marker{display:none}
.workload>summary::before{content:"";width:.45rem;height:.45rem;border:solid var(--soft);border-width:0 2px 2px 0;transform:rotate(-45deg);justify-self:center}
.workload[open]>summary::before{transform:rotate(45deg)}
.workload>summary:hover{background:var(--panel)}
.workload h3{font-size:.98rem;margin:0;overflow-wrap:anywhere}
.runs,.latency,.count{color:var(--soft);overflow-wrap:anywhere}
.money,.risk{text-align:right}
.money{font-weight:600}
.body{padding:.6rem 0 2rem 1.9rem}
.swatch{display:inline-block;width:1.25rem;height:1.25rem;border-radius:3px;text-align:center;font-size:.75rem;line-height:1.25rem;font-weight:700;margin-right:.45rem;color:var(--paper)}
.swatch.c0{background:var(--c0)}.swatch.c1{background:var(--c1)}.swatch.c2{background:var(--c2)}.swatch.c3{background:var(--c3)}
.swatch.c4{background:var(--c4)}.swatch.c5{background:var(--c5)}.swatch.c6{background:var(--c6)}
.swatch.free{background:var(--panel);border:1px solid var(--c0)}
.pods-legend{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;margin:.9rem 0;padding:0;font-size:.9rem}
.pods-legend li{display:flex;align-items:center;overflow-wrap:anywhere}
.windows{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.4rem}
.windows legend{color:var(--soft);font-size:.86rem;padding:0;margin-bottom:.35rem}
.windows label{cursor:pointer}
.windows input{position:absolute;opacity:0}
.windows span{display:block;border:1px solid var(--line);border-radius:7px;padding:.3rem .8rem;line-height:1.3}
.windows small{display:block}
.windows input:checked+span{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.windows input:focus-visible+span{outline:2px solid var(--accent);outline-offset:2px}
.fleet-grid th small{display:block}
.fleet-grid tbody th{min-width:11rem;width:26%}
.capacity{font-size:.8rem;color:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 .35em;white-space:nowrap}
.capacity.spot{border-style:dashed;border-color:var(--c2);color:var(--caution)}
.nodes{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem .7rem}
.nodes li{display:flex;align-items:center;gap:.3rem;font-size:.82rem}
code.diff{display:block;background:var(--panel);border-radius:7px;padding:.7rem 1rem;font:.84rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;margin:.5rem 0}
.diff span{display:block;white-space:pre-wrap;padding-left:1.5em;text-indent:-1.5em}
.diff .added{color:var(--good)}.diff .removed{color:var(--bad)}.diff .changed{color:var(--caution)}
.more-cost{color:var(--bad)}.less-cost{color:var(--good)}
footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.tip{position:fixed;z-index:8;max-width:22rem;padding:.45rem .7rem;border-radius:6px;background:var(--ink);color:var(--paper);font-size:.84rem;line-height:1.4;pointer-events:none;overflow-wrap:anywhere}
@media (max-width:62rem){
body{grid-template-columns:minmax(0,1fr)}
.toc{position:sticky;z-index:5;height:auto;flex-direction:row;align-items:center;padding:.4rem 1rem;background:var(--paper);border-bottom:1px solid var(--line);overflow-x:auto;gap:.6rem}
.toc .brand{margin:0}
.toc ul{display:flex}
.toc a{border:0;border-bottom:2px solid transparent;padding:.25rem .55rem;white-space:nowrap}
.toc button{align-self:center}
:root{scroll-padding-top:3.5rem}
main{padding-top:1.6rem}
.workload>summary{grid-template-columns:1rem minmax(0,1fr) auto}
.runs,.count,.latency{grid-column:2/-1}
.workload .risk{grid-column:2;text-align:left}
.workload .money{grid-column:3;grid-row:1}
.body{padding-left:0}
}
@media (max-width:32rem){
h1{font-size:1.6rem}
.card .figure{font-size:1.5rem}
.toc .brand{display:none}
}
@media (prefers-reduced-motion:reduce){:root{scroll-behavior:auto}}
`;
