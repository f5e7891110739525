import { formatPercent, formatUsd } from '../../units/index.ts';
import { linesOf, renderSections, renderSectionsMarkdown } from '../text/explained-sections.ts';
import type { ExplainedSection } from '../text/explained-sections.ts';
import { PLAIN } from '../text/palette.ts';
import type { Palette } from '../text/palette.ts';
import { bindingPhrase } from './what-if-rows.ts';
import type { BreakEven, SensitivityFactor, SensitivityReport } from './sensitivity-report.ts';

const KINDS: Readonly<Record<SensitivityFactor['kind'], string>> = {
  price: 'price of its pools',
  traffic: 'traffic',
  slo: 'latency limits',
};

/** What would change the answer, as a section of an explanation. */
export function sensitivitySection(report: SensitivityReport): ExplainedSection {
  const rows = report.factors.map(({ kind, share, outcome, differences }) => [
    `${KINDS[kind]} ${signedShare(share)}`,
    outcome.plan === undefined ? '–' : formatUsd(outcome.plan.perMonth),
    outcome.delta === undefined ? '–' : signedShare(outcome.delta.share),
    outcome.plan === undefined
      ? outcome.status === 'failed'
        ? (outcome.diagnostics[0]?.summary ?? 'not planned')
        : `no plan: ${bindingPhrase(outcome)}`
      : differences.length === 0
        ? 'the same decision'
        : differences.join('; '),
  ]);
  const breakEvens = report.breakEvens.map(breakEvenLine);
  return {
    title: 'What would change the answer',
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: 'IF' },
          { title: 'USD/MONTH', align: 'right' },
          { title: 'CHANGE', align: 'right' },
          { title: 'THEN' },
        ],
        rows,
      },
      linesOf(...breakEvens, ...report.remarks),
    ],
  };
}

function breakEvenLine({ pool, factor, rival, rivalPerMonth, method }: BreakEven): string {
  const how =
    method === 'planned'
      ? 'planned at that price'
      : 'where the costs of the two plans cross, each linear in the price; not planned there';
  return `Break-even: at prices of ${pool} ${signedShare(factor - 1)}, ${rival} is as good (${formatUsd(rivalPerMonth)} USD/month at today's prices; ${how}).`;
}

function signedShare(share: number): string {
  return `${share >= 0 ? '+' : ''}${formatPercent(share, 3)}`;
}

/** The sensitivity alone, for a terminal. */
export function renderSensitivity(report: SensitivityReport, palette: Palette = PLAIN): string {
  return renderSections([sensitivitySection(report)], palette);
}

/** The same as Markdown. */
export function renderSensitivityMarkdown(report: SensitivityReport): string {
  return renderSectionsMarkdown([sensitivitySection(report)]);
}
