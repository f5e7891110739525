/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one for anything else. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value as a finite number, also when it is written as text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** The value as text; undefined for anything but text that is not blank. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** The value below nested objects: `valueAt(run, 'metrics', 'ttft', 'mean')`. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => objectOf(inner)[key], value);
}

/** The first value under this key that `accept` takes, searched breadth first through objects and lists. */
export function findValue<T>(
  root: unknown,
  key: string,
  accept: (value: unknown) => T | undefined,
): T | undefined {
  let level: readonly unknown[] = [root];
  while (level.length > 0) {
    for (const item of level) {
      const found = accept(objectOf(item)[key]);
      if (found !== undefined) return found;
    }
    level = level.flatMap((item) => childrenOf(item));
  }
  return undefined;
}

/** What an object or a list holds; nothing for other values. */
function childrenOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((inner) => typeof inner === 'object' && inner !== null);
}

/** Requests in flight by Little's law: rate in requests per second × mean time of a request in milliseconds; at least 1. */
export function requestsInFlight(
  requestsPerSecond: number | undefined,
  requestMs: number | undefined,
): number | undefined {
  if (requestsPerSecond === undefined || requestMs === undefined) return undefined;
  return Math.max(1, Math.round((requestsPerSecond * requestMs) / 1e3));
}

/** A mean token count as a whole number. */
export function wholeTokens(mean: number | undefined): number | undefined {
  return mean === undefined ? undefined : Math.round(mean);
}

/** Mean time of a request in milliseconds from its first token, its mean time per further token and its output tokens. */
export function requestLatencyMs(ttftMs: number, tpotMs: number, osl: number): number {
  return ttftMs + tpotMs * Math.max(0, osl - 1);
}
