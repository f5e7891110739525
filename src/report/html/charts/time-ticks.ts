const MINUTE = 60;
const HOUR = 3600;

/** Steps of time that people count in, seconds. */
const STEPS: readonly number[] = [
  1,
  5,
  10,
  15,
  30,
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  48 * HOUR,
  168 * HOUR,
];

/** About eight round times from zero to `end` seconds, both included where round. */
export function timeTicks(end: number): readonly number[] {
  const step = STEPS.find((item) => end / item <= 9) ?? 168 * HOUR * Math.ceil(end / (168 * HOUR * 9));
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

/** A time since the start: `0`, `45 s`, `30 min`, `6 h`, `2 d`. */
export function timeWords(seconds: number): string {
  if (seconds === 0) return '0';
  if (seconds % (24 * HOUR) === 0 && seconds >= 48 * HOUR) return `${seconds / (24 * HOUR)} d`;
  if (seconds % HOUR === 0) return `${seconds / HOUR} h`;
  return seconds % MINUTE === 0 ? `${seconds / MINUTE} min` : `${seconds} s`;
}
