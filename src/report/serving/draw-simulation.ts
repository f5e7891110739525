import { renderTable } from '../text/table.ts';
import { chartPage, describedChart, drawChart } from './draw-chart.ts';
import type { ChartForm } from './draw-chart.ts';
import { simulationCharts } from './simulation-charts.ts';
import type { SimulationReport } from './simulation-report.ts';
import { simulationHead, simulationSentence, simulationTables } from './simulation-rows.ts';

/**
 * The charts of simulations as one file without references to others. Same reports, same bytes.
 * Loads the chart library when it is called.
 */
export async function drawSimulation(reports: readonly SimulationReport[], form: ChartForm): Promise<string> {
  const description = reports.map(simulationSentence).join(' ');
  const svg = describedChart(await drawChart(simulationCharts(reports)), 'Simulation', description);
  return form === 'svg' ? `${svg}\n` : page(svg, reports);
}

function page(svg: string, reports: readonly SimulationReport[]): string {
  return chartPage({
    title: `Simulation of ${reports.map((report) => report.subject).join(', ')}`,
    heading: 'Simulation',
    svg,
    sections: reports.map((report) => ({
      title: report.subject,
      sentence: simulationSentence(report),
      head: simulationHead(report).join('\n'),
      tables: simulationTables(report).map((table) => ({
        title: table.title,
        text: renderTable(table.columns, table.rows),
      })),
    })),
  });
}
