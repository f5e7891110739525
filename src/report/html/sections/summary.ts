import type { PlanDocument } from '../../../model/index.ts';
import { responseHeadroom, sloHeadroom } from '../../../plan/index.ts';
import { formatPercent, formatUsd, microUsd } from '../../../units/index.ts';
import { diffSentence } from '../../diff-phrases.ts';
import { perMonth, planSentence, plural, signedUsd, sloPhrase, statusPhrase } from '../../phrases.ts';
import { headroomTone, verdict } from '../markup/badges.ts';
import type { Tone } from '../markup/badges.ts';
import { html } from '../markup/markup.ts';
import type { Content, Markup } from '../markup/markup.ts';
import type { ReportDocument } from '../report-document.ts';

/** The head of the page: the verdict in a sentence, then the figures that decide, each with how it stands. */
export function summarySection(document: ReportDocument): Markup {
  const { plan, before, remarks } = document;
  const cards = [costCard(document), sloCard(plan), statusCard(plan), policyCard(plan)];
  return html`<header class="head" id="summary">
    <p class="eyebrow">${before === undefined ? 'Capacity plan' : 'Change of a capacity plan'}</p>
    <h1><bdi>${plan.stack}</bdi></h1>
    <p class="lead">${before === undefined ? planSentence(plan) : diffSentence(before.diff)}</p>
    <div class="cards">${cards}</div>
    ${remarkList(remarks)}
  </header>`;
}

function card(title: string, figure: Content, rest: readonly Content[]): Markup {
  return html`<section class="card">
    <h2>${title}</h2>
    <p class="figure">${figure}</p>
    ${rest.map((line) => (line === undefined || line === '' ? undefined : html`<p>${line}</p>`))}
  </section>`;
}

function costCard({ plan, before }: ReportDocument): Markup {
  const { cost } = plan;
  const range = forecastRange(plan);
  const saved = 1 - cost.totalPerMonth / Math.max(1, cost.listPerMonth);
  const list =
    saved > 0.0005
      ? `${formatPercent(saved)} below list price (${formatUsd(cost.listPerMonth, 0)} USD)`
      : 'at list price';
  const delta =
    before === undefined
      ? undefined
      : html`<b>${signedUsd(before.diff.cost.delta)} USD/month</b>, before
          ${formatUsd(before.diff.cost.before)}`;
  const forecast =
    range === undefined
      ? undefined
      : `forecast ${formatUsd(range.low, 0)} to ${formatUsd(range.high, 0)} USD in 8 of 10 months`;
  return card('Cost per month', html`${formatUsd(cost.totalPerMonth, 0)} <small>USD</small>`, [
    delta,
    forecast,
    list,
  ]);
}

/** The total with its spot part at the 10th and 90th percentile of what its prices may come to; undefined without a price history. */
export function forecastRange({
  cost,
}: Pick<PlanDocument, 'cost'>):
  { readonly low: ReturnType<typeof microUsd>; readonly high: ReturnType<typeof microUsd> } | undefined {
  if (cost.spotForecast === undefined) return undefined;
  const rest = cost.totalPerMonth - cost.spotForecast.planned;
  return { low: microUsd(rest + cost.spotForecast.p10), high: microUsd(rest + cost.spotForecast.p90) };
}

function sloCard(plan: PlanDocument): Markup {
  const limits = [...sloHeadroom(plan), ...responseHeadroom(plan)];
  if (limits.length === 0) return card('SLO', '–', ['no latency limit is declared or known']);
  const least = limits.reduce((worst, item) => Math.min(worst, item.headroom), Infinity);
  const broken = limits.filter((item) => item.headroom < 0).length;
  const tight = limits.filter((item) => item.headroom >= 0 && item.headroom < 0.1).length;
  const words =
    broken > 0
      ? `${broken} of ${plural(limits.length, 'limit')} broken`
      : `all ${plural(limits.length, 'limit')} met`;
  return card('SLO risk', html`${formatPercent(least, 2)} <small>least headroom</small>`, [
    verdict(headroomTone(least), words),
    tight > 0 ? `${tight} with less than 10 % headroom` : undefined,
    sloPhrase(plan),
  ]);
}

/** A proven gap above this share deserves a look before the plan is taken (assumed). */
const WIDE_GAP = 0.05;

function statusTone({ status, gap }: PlanDocument['decision']): Tone {
  if (status === 'optimal') return 'good';
  if (status === 'feasible-with-gap') return gap > WIDE_GAP ? 'caution' : 'good';
  return status === 'infeasible' ? 'bad' : 'caution';
}

function statusCard(plan: PlanDocument): Markup {
  const { decision } = plan;
  const name = decision.status === 'feasible-with-gap' ? 'feasible' : decision.status;
  const broken = decision.checks.filter((item) => !item.holds).length;
  return card('Proof', name, [
    verdict(statusTone(decision), statusPhrase(decision) ?? decision.status),
    `at least ${perMonth(decision.boundPerMonth)} by bounds`,
    `${decision.checks.length} constraints recomputed, ${broken} broken`,
  ]);
}

function policyCard(plan: PlanDocument): Markup {
  const { verdicts, rulesEvaluated } = plan.policy;
  const violations = verdicts.filter((item) => item.outcome === 'violation');
  const mandatory = violations.filter((item) => item.level === 'mandatory').length;
  const advisory = violations.length - mandatory;
  const waived = verdicts.filter((item) => item.outcome === 'waived').length;
  const isBlocked = !plan.applicable;
  return card('Policies', isBlocked ? 'not applicable' : 'applicable', [
    mandatory > 0
      ? verdict('bad', plural(mandatory, 'mandatory violation'))
      : verdict('good', 'no mandatory violation'),
    advisory > 0 ? verdict('caution', plural(advisory, 'advisory violation')) : undefined,
    `${plural(rulesEvaluated, 'rule')} evaluated, ${waived} waived`,
    `${plural(plan.objects.length, 'object')} to write`,
  ]);
}

function remarkList(remarks: readonly string[]): Markup {
  return remarks.length === 0
    ? html``
    : html`<aside class="remarks" aria-label="What this report does not hold">
        <b>Not in this report</b>
        <ul>
          ${remarks.map((item) => html`<li>${item}</li>`)}
        </ul>
      </aside>`;
}
