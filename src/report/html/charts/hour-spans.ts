const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const HOURS_OF_DAY = 24;

/** Hours of the week (0 is Monday 00:00 UTC) in words: `Mon–Fri 08–20, Sat 10–18`; an hour ends where the next begins. Hours need no order. */
export function hourSpans(hours: readonly number[]): string {
  const all = new Set(hours);
  const days = DAYS.map((_, day) => daySpans(all, day * HOURS_OF_DAY));
  const parts: string[] = [];
  for (let day = 0; day < days.length;) {
    let end = day;
    while (days[end + 1] !== undefined && days[end + 1] === days[day]) end += 1;
    const first = DAYS[day] ?? '';
    const name = end === day ? first : `${first}–${DAYS[end] ?? ''}`;
    if (days[day] !== '') parts.push(days[day] === '00–24' ? name : `${name} ${days[day] ?? ''}`);
    day = end + 1;
  }
  return parts.join(', ');
}

/** Spans of hours of one day: `00–02 08–20`. */
function daySpans(hours: ReadonlySet<number>, start: number): string {
  const spans: string[] = [];
  for (let hour = 0; hour < HOURS_OF_DAY; hour += 1) {
    if (!hours.has(start + hour)) continue;
    const from = hour;
    while (hour + 1 < HOURS_OF_DAY && hours.has(start + hour + 1)) hour += 1;
    spans.push(`${twoDigits(from)}–${twoDigits(hour + 1)}`);
  }
  return spans.join(' ');
}

function twoDigits(hour: number): string {
  return String(hour).padStart(2, '0');
}
