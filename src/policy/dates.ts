const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text is a calendar day written YYYY-MM-DD. */
export function isIsoDate(text: string): boolean {
  if (!ISO_DATE.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

/** Days from one ISO date to another, negative when `to` comes first; undefined when either is no date. */
export function daysBetween(from: string, to: string): number | undefined {
  if (!isIsoDate(from) || !isIsoDate(to)) return undefined;
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
