import { escapeMarkdown, fenced } from '../markdown/markdown.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { renderTable } from '../text/table.ts';
import { listSection, markdownSection, textSection } from './estimate-text.ts';
import type { SpotSimulationReport } from './spot-report.ts';
import { spotCourse, spotHead, spotSentence, spotTables } from './spot-rows.ts';

/** Replays against availability traces for a terminal; a sentence about each last. */
export function renderSpotSimulations(
  reports: readonly SpotSimulationReport[],
  palette: Palette = PLAIN,
): string {
  const bodies = reports.map((report) =>
    [
      ...(reports.length > 1 ? [palette.bold(`Workload ${report.subject}`)] : []),
      spotHead(report).join('\n'),
      ...spotTables(report).map((table) => textSection(table, palette)),
      listSection('Chosen and assumed', report.assumptions, palette),
    ]
      .filter((text) => text !== '')
      .join('\n\n'),
  );
  return `${bodies.join('\n\n')}\n\n${reports.map((report) => palette.bold(spotSentence(report))).join('\n')}\n`;
}

/** Replays for a pull request or a page. */
export function renderSpotSimulationsMarkdown(reports: readonly SpotSimulationReport[]): string {
  return reports
    .map((report) => {
      const course = spotCourse(report);
      const parts = [
        `## Replay of ${escapeMarkdown(report.subject)} on spot capacity`,
        escapeMarkdown(spotSentence(report)),
        spotHead(report)
          .map((line) => `- ${escapeMarkdown(line)}`)
          .join('\n'),
        ...spotTables(report).slice(0, -1).map(markdownSection),
        `### ${escapeMarkdown(course.title)}\n\n${fenced(renderTable(course.columns, course.rows))}`,
        `### Chosen and assumed\n\n${report.assumptions.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}`,
      ];
      return `${parts.join('\n\n')}\n`;
    })
    .join('\n');
}
