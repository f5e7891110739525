import { escapeMarkdown, fenced } from '../markdown/markdown.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { listSection, markdownSection, textSection } from './estimate-text.ts';
import type { SimulationReport } from './simulation-report.ts';
import { simulationHead, simulationSentence, simulationTables, timelineTable } from './simulation-rows.ts';

/** Simulations for a terminal, one after the other; a sentence about each last. */
export function renderSimulations(reports: readonly SimulationReport[], palette: Palette = PLAIN): string {
  const bodies = reports.map((report) =>
    [
      ...(reports.length > 1 ? [palette.bold(`Workload ${report.subject}`)] : []),
      simulationHead(report).join('\n'),
      ...simulationTables(report).map((table) => textSection(table, palette)),
      textSection(timelineTable(report), palette),
      listSection('Chosen and assumed', report.assumptions, palette),
    ]
      .filter((text) => text !== '')
      .join('\n\n'),
  );
  const sentences = reports.map((report) => palette.bold(simulationSentence(report)));
  return `${bodies.join('\n\n')}\n\n${sentences.join('\n')}\n`;
}

/** Simulations for a pull request or a page. */
export function renderSimulationsMarkdown(reports: readonly SimulationReport[]): string {
  return reports.map(simulationMarkdown).join('\n');
}

function simulationMarkdown(report: SimulationReport): string {
  const timeline = timelineTable(report);
  const parts = [
    `## Simulation of ${escapeMarkdown(report.subject)}`,
    escapeMarkdown(simulationSentence(report)),
    simulationHead(report)
      .map((line) => `- ${escapeMarkdown(line.trim())}`)
      .join('\n'),
    ...simulationTables(report).map(markdownSection),
    `### ${escapeMarkdown(timeline.title)}\n\n${fenced(renderTable(timeline.columns, timeline.rows))}`,
    ...(report.assumptions.length === 0
      ? []
      : [
          `### Chosen and assumed\n\n${report.assumptions.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}`,
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}
