/** On paper: light, without what only a screen can do, all that is folded open, nothing cut in two. */
export const PRINT_STYLE = `
@media print{
:root{color-scheme:light!important;font-size:11px}
@page{margin:14mm}
body{display:block}
main{max-width:none;padding:0}
main>section{margin-top:1.6rem}
.toc,.skip,.tip,.tools,.windows{display:none!important}
.window{display:block!important;margin-bottom:1rem}
th,td{padding-top:.2rem;padding-bottom:.2rem}
details::details-content{content-visibility:visible!important;display:block!important;height:auto!important}
.fold>summary{color:var(--ink);font-weight:600}
.scroll{overflow:visible}
figure,.card,tr,.nodes li{break-inside:avoid}
h2,h3,figcaption,summary{break-after:avoid}
thead{display:table-header-group}
.node,.bar rect,.swatch,.verdict,.nodes rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.charts{grid-template-columns:1fr 1fr}
}
`;
