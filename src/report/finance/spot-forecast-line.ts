import type { CostReport } from '../../model/index.ts';
import { formatUsd } from '../../units/index.ts';
import { perMonth } from '../phrases.ts';

/** The forecast of the spot part of a bill as one sentence; empty where no price history tells of it. */
export function spotForecastLine({ spotForecast }: CostReport): string {
  if (spotForecast === undefined) return '';
  const { planned, p10, p50, p90, withoutHistory, sources, dates } = spotForecast;
  const range = `${formatUsd(p10)} to ${formatUsd(p90)}`;
  const rest = withoutHistory === 0 ? '' : `; ${perMonth(withoutHistory)} of spot have no price history`;
  return `spot part ${perMonth(planned)}, forecast ${formatUsd(p50)} (${range} in 8 of 10 months) from ${sources.join(', ')} up to ${dates.newest}${rest}`;
}
