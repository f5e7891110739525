import { renderTable } from '../text/table.ts';
import { simulationCharts } from './simulation-charts.ts';
import type { ChartSpecification } from './simulation-charts.ts';
import type { SimulationReport } from './simulation-report.ts';
import { simulationHead, simulationSentence, simulationTables } from './simulation-rows.ts';

/** A lone drawing, or a page with the drawing, its figures as tables and no script. */
export type ChartForm = 'svg' | 'html';

/**
 * The charts of simulations as one file without references to others. Same reports, same bytes.
 * Loads the chart library when it is called.
 */
export async function drawSimulation(reports: readonly SimulationReport[], form: ChartForm): Promise<string> {
  const description = reports.map(simulationSentence).join(' ');
  const svg = described(await toSvg(simulationCharts(reports)), 'Simulation', description);
  return form === 'svg' ? `${svg}\n` : page(svg, reports);
}

async function toSvg(specification: ChartSpecification): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec } = vegaLite.compile(specification as unknown as Parameters<typeof vegaLite.compile>[0]);
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Adds what screen readers announce: a title and a description as first children. */
function described(svg: string, title: string, description: string): string {
  return svg.replace(
    /^<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg ${attributes} role="img" aria-labelledby="chart-title chart-description"><title id="chart-title">${escapeMarkup(title)}</title><desc id="chart-description">${escapeMarkup(description)}</desc>`,
  );
}

function page(svg: string, reports: readonly SimulationReport[]): string {
  const sections = reports.map(
    (report) => `<section>
<h2>${escapeMarkup(report.subject)}</h2>
<p>${escapeMarkup(simulationSentence(report))}</p>
<pre>${escapeMarkup(simulationHead(report).join('\n'))}</pre>
${simulationTables(report)
  .map(
    (table) =>
      `<h3>${escapeMarkup(table.title)}</h3>\n<pre>${escapeMarkup(renderTable(table.columns, table.rows))}</pre>`,
  )
  .join('\n')}
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(`Simulation of ${reports.map((report) => report.subject).join(', ')}`)}</title>
<style>
body { font-family: Helvetica, Arial, sans-serif; margin: 2rem; color: #222; background: #fff; }
figure { margin: 0; overflow-x: auto; }
pre { overflow-x: auto; background: #f6f6f6; padding: 0.75rem; font-size: 0.8rem; }
</style>
</head>
<body>
<h1>Simulation</h1>
<figure>
${svg}
</figure>
${sections.join('\n')}
</body>
</html>
`;
}

/** Text as text in markup. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
