/** The bands in which AWS publishes interruption rates, as [low, high] monthly probability. */
const BANDS: readonly (readonly [number, number])[] = [
  [0, 0.05],
  [0.05, 0.1],
  [0.1, 0.15],
  [0.15, 0.2],
  [0.2, 0.35],
];

const LABELS = ['<5%', '5-10%', '10-15%', '15-20%', '>20%'];

/** One published band of the monthly interruption probability. */
export interface InterruptionBand {
  readonly monthlyLow: number;
  readonly monthlyHigh: number;
}

/**
 * The band of AWS Spot Advisor with this number (0..4) or label (`<5%` … `>20%`); undefined for anything else.
 * The feed gives the last band no upper end; 35 % per month is *assumed*.
 */
export function awsBand(code: string): InterruptionBand | undefined {
  const label = LABELS.indexOf(code.trim());
  const band = BANDS[label >= 0 ? label : /^[0-4]$/.test(code.trim()) ? Number(code) : -1];
  return band === undefined ? undefined : { monthlyLow: band[0], monthlyHigh: band[1] };
}
