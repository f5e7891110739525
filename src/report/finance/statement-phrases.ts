import type { CostStatement, Grouping } from '../../cost/index.ts';
import { formatNumber, formatPercent, formatUsd } from '../../units/index.ts';
import type { Money } from '../../units/index.ts';

/** Title of the first column of a table of groups. */
export const GROUP_TITLES: Readonly<Record<Grouping, string>> = {
  workload: 'Workload',
  team: 'Team',
  pool: 'Pool',
  'capacity-type': 'Capacity',
  zone: 'Zone',
  offering: 'Offering',
};

/** An amount with the code of its currency: `1,234.50 EUR`. */
export function amountIn(amount: Money, { currency }: Pick<CostStatement, 'currency'>): string {
  return `${formatUsd(amount)} ${currency.code}`;
}

/** How the currency came about; empty for dollars. */
export function ratePhrase({ currency }: Pick<CostStatement, 'currency'>): string {
  const { code, perUsd, rateDate } = currency;
  if (code === 'USD') return '';
  const date = rateDate === undefined ? '' : ` of ${rateDate}`;
  return `Converted at ${formatNumber(perUsd, 9)} ${code} per USD${date}, the rate given on the command line.`;
}

/** What a month may come to. */
export function forecastPhrase(statement: CostStatement): string {
  const { p50, p95, uncertain, withoutHistory, method, sources } = statement.forecast;
  const missing =
    withoutHistory === 0
      ? ''
      : ` ${amountIn(withoutHistory, statement)} of spot capacity have no price history and are counted at the prices of the plan.`;
  if (uncertain === 0) {
    return `Forecast: P50 = P95 = ${amountIn(p50, statement)} a month; no price of the plan has a history.${missing}`;
  }
  const how =
    method === 'history'
      ? 'quantiles of the histories'
      : 'P95 by a log-normal law through P50 and P90 (assumed)';
  return `Forecast: P50 ${amountIn(p50, statement)}, P95 ${amountIn(p95, statement)} a month; spot prices from ${sources.join(', ')}, ${how}; traffic as declared.${missing}`;
}

/** What became of capacity that nobody uses. */
export function idlePhrase({ idle, lineItems }: CostStatement): string {
  if (idle === 'proportional')
    return 'Idle capacity is shared among the workloads of its pool by what they pay.';
  return lineItems.some(({ kind }) => kind === 'idle')
    ? 'Idle capacity stands by itself; --idle proportional shares it among those who use the pool.'
    : '';
}

/** The sentence a statement ends with. */
export function statementSentence(statement: CostStatement): string {
  const { totalPerMonth, listPerMonth, hoursPerMonth } = statement;
  const saved = listPerMonth > 0 ? 1 - totalPerMonth / listPerMonth : 0;
  const discount =
    saved > 0.0005
      ? `${formatPercent(saved, 3)} below list price (${amountIn(listPerMonth, statement)})`
      : 'at list price';
  return `Total ${amountIn(totalPerMonth, statement)}/month (${String(hoursPerMonth)} h), ${discount}.`;
}

/** A share of the whole; a dash where there is none. */
export function shareOf(part: Money, whole: Money): string {
  return whole > 0 ? formatPercent(part / whole, 3) : '–';
}
