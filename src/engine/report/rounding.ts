/** Six digits are more than a chart shows and keep reports small. */
export function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
