import type { DocumentSegments, Finding } from './parse-report.ts';

/** A finding that a date, though well formed, is not in the calendar. */
export function noSuchDay(day: string, at: DocumentSegments): Finding {
  return {
    code: 'model-out-of-range',
    at,
    summary: `There is no day "${day}".`,
    fix: 'Write year-month-day, such as 2026-12-31.',
  };
}

/** Whether an ISO date names a day that exists: 2026-02-29 does not. */
export function isCalendarDate(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
}
