/** A span of a cron trigger as a manifest holds it, with the replicas that it asks for. */
interface Span {
  readonly start: string;
  readonly end: string;
  readonly replicas: number;
}

const MINUTES_PER_WEEK = 7 * 24 * 60;

/**
 * Replicas in the middle of each hour of the week (168 entries, Monday 00:00 UTC first): the most that any active span asks for,
 * at least `minimum`. Expressions are `minute hour * * days`, days as lists and ranges with Sunday 0; nothing else is read.
 */
export function weekOf(spans: readonly Span[], minimum: number): readonly number[] {
  const active = spans.map((span) => ({
    starts: minutesOf(span.start),
    ends: minutesOf(span.end),
    replicas: span.replicas,
  }));
  return Array.from({ length: 168 }, (_, hour) => {
    const now = hour * 60 + 30;
    const asked = active
      .filter(({ starts, ends }) => sinceLast(starts, now) < sinceLast(ends, now))
      .map(({ replicas }) => replicas);
    return Math.max(minimum, ...asked);
  });
}

function sinceLast(minutes: readonly number[], now: number): number {
  return Math.min(...minutes.map((minute) => (now - minute + MINUTES_PER_WEEK) % MINUTES_PER_WEEK));
}

/** Minutes of the week, Monday 00:00 is 0, at which a cron expression fires. */
function minutesOf(expression: string): readonly number[] {
  const [minute, hour, , , days] = expression.split(' ');
  return daysOf(days ?? '*').map((day) => ((day + 6) % 7) * 24 * 60 + Number(hour) * 60 + Number(minute));
}

function daysOf(text: string): readonly number[] {
  if (text === '*') return [0, 1, 2, 3, 4, 5, 6];
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
