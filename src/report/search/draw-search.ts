import { chartPage, describedChart, drawChart } from '../serving/draw-chart.ts';
import type { ChartForm } from '../serving/draw-chart.ts';
import { renderTable } from '../text/table.ts';
import { searchChart } from './search-charts.ts';
import type { SearchReport } from './search-report.ts';
import { paretoTable, planTable, searchHead, searchSentence } from './search-rows.ts';

/**
 * The Pareto chart of a search as one file without references to others: a lone drawing, or a page with the figures of the
 * search. Same report, same bytes. Loads the chart library when it is called.
 */
export async function drawSearch(report: SearchReport, form: ChartForm): Promise<string> {
  const title = `Search for ${report.model}`;
  const svg = describedChart(await drawChart(searchChart(report)), title, searchSentence(report));
  if (form === 'svg') return `${svg}\n`;
  return chartPage({
    title,
    heading: title,
    svg,
    sections: [
      {
        title: 'Figures',
        sentence: searchSentence(report),
        head: searchHead(report)
          .map(([label, text]) => `${label.padEnd(9)}${text}`)
          .join('\n'),
        tables: [planTable(report), paretoTable(report)].map((table) => ({
          title: table.title,
          text: renderTable(table.columns, table.rows),
        })),
      },
    ],
  });
}
