/** Probabilities at which quantiles of the held-out errors are kept, for the confidence of plans. */
export const SHARES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99] as const;

/** Measured over predicted of one row. */
export interface RelativeRow {
  readonly engine: string;
  readonly ttft: number;
  readonly tpot: number;
}

/**
 * The errors of held-out rows by engine: the 80 % intervals of `estimate` (quantiles at 10 % and 90 %) and the quantiles at
 * `SHARES`, three digits each. Every engine needs a row.
 */
export function errorGrid(engines: readonly string[], rows: readonly RelativeRow[]) {
  const rounded = (values: readonly number[], shares: readonly number[]): number[] =>
    shares.map((share) => Number(quantile(values, share).toPrecision(3)));
  return {
    shares: SHARES,
    engines: Object.fromEntries(
      engines.map((engine) => {
        const own = rows.filter((row) => row.engine === engine);
        const [ttft, tpot] = [own.map((row) => row.ttft), own.map((row) => row.tpot)];
        return [
          engine,
          {
            ttft: rounded(ttft, [0.1, 0.9]),
            tpot: rounded(tpot, [0.1, 0.9]),
            ttftQuantiles: rounded(ttft, SHARES),
            tpotQuantiles: rounded(tpot, SHARES),
          },
        ];
      }),
    ),
  };
}

/** The value below which the share of the values lies, 0..1; not-a-number for no value. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
