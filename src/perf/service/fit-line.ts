/** A straight line through points and how well it fits. */
export interface FittedLine {
  readonly intercept: number;
  readonly slope: number;
  /** Share of the variance that it explains, 0..1; 0 when the values do not vary. */
  readonly explained: number;
  /** Root of the mean squared residual, in the unit of the values. */
  readonly residual: number;
  readonly points: number;
}

/** Least squares line y = intercept + slope·x; undefined below three points, or when x does not vary. */
export function fitLine(points: readonly (readonly [number, number])[]): FittedLine | undefined {
  const n = points.length;
  if (n < 3) return undefined;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  let [xx, xy, yy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2;
    xy += (x - meanX) * (y - meanY);
    yy += (y - meanY) ** 2;
  }
  if (xx <= 1e-12 * n * Math.max(1e-12, meanX ** 2)) return undefined;
  const slope = xy / xx;
  const unexplained = Math.max(0, yy - slope * xy);
  return {
    intercept: meanY - slope * meanX,
    slope,
    explained: yy > 0 ? 1 - unexplained / yy : 0,
    residual: Math.sqrt(unexplained / n),
    points: n,
  };
}
