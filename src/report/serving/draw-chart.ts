import type { ChartSpecification } from './simulation-charts.ts';

/** A lone drawing, or a page with the drawing, its figures as tables and no script. */
export type ChartForm = 'svg' | 'html';

/** A chart as SVG. Same specification, same bytes. Loads the chart library when it is called. */
export async function drawChart(specification: ChartSpecification): Promise<string> {
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
export function describedChart(svg: string, title: string, description: string): string {
  return svg.replace(
    /^<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg ${attributes} role="img" aria-labelledby="chart-title chart-description"><title id="chart-title">${escapeMarkup(title)}</title><desc id="chart-description">${escapeMarkup(description)}</desc>`,
  );
}

/** A part of a page: a heading, sentences, and texts in columns under titles of their own. */
export interface ChartSection {
  readonly title: string;
  readonly sentence: string;
  readonly head: string;
  readonly tables: readonly { readonly title: string; readonly text: string }[];
}

/** A page with a drawing and its figures, without scripts and without references to other files. */
export function chartPage(page: {
  readonly title: string;
  readonly heading: string;
  readonly svg: string;
  readonly sections: readonly ChartSection[];
}): string {
  const sections = page.sections.map(
    (section) => `<section>
<h2>${escapeMarkup(section.title)}</h2>
<p>${escapeMarkup(section.sentence)}</p>
<pre>${escapeMarkup(section.head)}</pre>
${section.tables
  .map((table) => `<h3>${escapeMarkup(table.title)}</h3>\n<pre>${escapeMarkup(table.text)}</pre>`)
  .join('\n')}
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(page.title)}</title>
<style>
body { font-family: Helvetica, Arial, sans-serif; margin: 2rem; color: #222; background: #fff; }
figure { margin: 0; overflow-x: auto; }
pre { overflow-x: auto; background: #f6f6f6; padding: 0.75rem; font-size: 0.8rem; }
</style>
</head>
<body>
<h1>${escapeMarkup(page.heading)}</h1>
<figure>
${page.svg}
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
