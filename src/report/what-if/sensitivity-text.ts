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
  return {
    title: 'What would change the answer',
    blocks: [
      linesOf(...report.factors.map(factorLine), ...report.breakEvens.map(breakEvenLine), ...report.remarks),
    ],
  };
}

function factorLine({ kind, share, outcome, differences }: SensitivityFactor): string {
  const { plan, delta, status, diagnostics } = outcome;
  const head = `${KINDS[kind]} ${signedShare(share)}`;
  if (plan === undefined)
    return status === 'failed'
      ? `${head}: not planned: ${diagnostics[0]?.summary ?? 'no reason is known'}`
      : `${head}: no plan: ${bindingPhrase(outcome)}`;
  const change = delta === undefined ? '' : ` (${signedShare(delta.share)})`;
  const then = differences.length === 0 ? 'the same decision' : differences.join('; ');
  return `${head}: ${formatUsd(plan.perMonth)} USD/month${change}, ${then}`;
}

function breakEvenLine({ pool, factor, rival, rivalPerMonth, method }: BreakEven): string {
  const how =
    method === 'planned'
      ? 'planned at that price'
      : 'where the costs of the two plans cross, each linear in the price; not planned there';
  return `Break-even: at prices of ${pool} ${signedShare(factor - 1)}, ${rival} is as good (${formatUsd(rivalPerMonth)} USD/month at today's prices; budgets left aside; ${how}).`;
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
