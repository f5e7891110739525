/**
 * Prints a number with at most `digits` significant digits and no exponent, so that the same value
 * always gives the same text. Not-a-number and infinities print as `n/a`.
 */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return 'n/a';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, Math.min(12, digits - 1 - Math.floor(Math.log10(Math.abs(rounded)))));
  const text = rounded.toFixed(decimals);
  return decimals > 0 ? text.replace(/\.?0+$/, '') : text;
}

/** Prints a duration in the unit that reads best: `850 µs`, `43.2 ms`, `1.5 s`, `12 min`, `3 h`. */
export function formatDuration(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'n/a';
  const magnitude = Math.abs(value);
  if (magnitude === 0) return '0 s';
  if (magnitude < 1e-3) return `${formatNumber(value * 1e6, digits)} µs`;
  if (magnitude < 1) return `${formatNumber(value * 1e3, digits)} ms`;
  if (magnitude < 600) return `${formatNumber(value, digits)} s`;
  if (magnitude < 7200) return `${formatNumber(value / 60, digits)} min`;
  return `${formatNumber(value / 3600, digits)} h`;
}

/** Prints a memory size in GiB, or MiB below one: `74.5 GiB`. */
export function formatBytes(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'n/a';
  return Math.abs(value) >= 2 ** 30
    ? `${formatNumber(value / 2 ** 30, digits)} GiB`
    : `${formatNumber(value / 2 ** 20, digits)} MiB`;
}

/**
 * Prints a share of time with as many nines as it has, rounded down so that it never promises more: `0.99999998` gives
 * `99.9999 %`, at most four decimals; exactly one gives `100 %`.
 */
export function formatAvailability(fraction: number): string {
  if (!Number.isFinite(fraction)) return 'n/a';
  const percent = Math.floor(fraction * 1e6 + 1e-6) / 1e4;
  return `${String(percent)} %`;
}

/** Prints a fraction as a percentage: `0.999` gives `99.9 %`. */
export function formatPercent(fraction: number, digits = 3): string {
  return Number.isFinite(fraction) ? `${formatNumber(fraction * 100, digits)} %` : 'n/a';
}
