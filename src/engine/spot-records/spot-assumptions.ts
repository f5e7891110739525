import type { Assumption, Offering } from '../../model/index.ts';
import { formatNumber, formatPercent, formatUsd } from '../../units/index.ts';

/** What a plan rests on where traces and price histories tell of an offering; nothing for others. */
export function spotRecordAssumptions({ id, interruption, priceForecast }: Offering): readonly Assumption[] {
  const { outageShare, outagesPerHour = 0, outageProvenance } = interruption;
  const outages: Assumption[] =
    outageShare === undefined
      ? []
      : [
          {
            subject: id,
            statement: `No node could be had ${formatPercent(outageShare, 2)} of the time, after ${formatNumber(outagesPerHour * 24, 3)} losses a day (${outageProvenance?.source ?? ''}${dated(outageProvenance?.date)}); the same is taken to hold from now on`,
            evidence: 'measured',
          },
        ];
  if (priceForecast === undefined) return outages;
  const { p10, p50, p90, source, date } = priceForecast;
  return [
    ...outages,
    {
      subject: id,
      statement: `The mean price of the month after the history is ${formatUsd(p50, 4)} USD/hour in the middle, ${formatUsd(p10, 4)} to ${formatUsd(p90, 4)} in 8 of 10 cases (${source}${dated(date)})`,
      evidence: 'fitted',
    },
  ];
}

function dated(date: string | undefined): string {
  return date === undefined ? '' : `, ${date}`;
}
