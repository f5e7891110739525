/** A release of an engine as numbers: `0.19.1` is `[0, 19, 1]`. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Versions from `from` (inclusive) up to `before` (exclusive); an absent bound is open. */
export interface VersionRange {
  readonly from?: string;
  readonly before?: string;
}

/** Every version. */
export const EVERY_VERSION: VersionRange = {};

/**
 * Reads `0.19.1`, `v0.19`, `0.19.x` or `1.2.0rc6`; an absent or `x` part counts as 0 and what follows the patch number is
 * ignored. Undefined for anything else.
 */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+|x)((?:rc|a|b|\.?post|\.?dev|[-+])[0-9A-Za-z.-]*)?)?$/.exec(text);
  if (match === null) return undefined;
  const patch = match[3] === undefined || match[3] === 'x' ? 0 : Number(match[3]);
  return [Number(match[1]), Number(match[2]), patch];
}

/** Whether a version lies in a range. Bounds that are no versions throw: they are written in this folder. */
export function inRange(version: Version, range: VersionRange): boolean {
  const from = range.from === undefined ? undefined : bound(range.from);
  const before = range.before === undefined ? undefined : bound(range.before);
  return (
    (from === undefined || compareVersions(version, from) >= 0) &&
    (before === undefined || compareVersions(version, before) < 0)
  );
}

/** Negative, zero or positive as `left` is older, the same or newer. */
export function compareVersions(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** A range in words: `0.9.0 to before 0.20.0`. */
export function rangeText(range: VersionRange): string {
  if (range.from === undefined && range.before === undefined) return 'every version';
  if (range.before === undefined) return `${range.from ?? ''} and later`;
  return range.from === undefined ? `before ${range.before}` : `${range.from} to before ${range.before}`;
}

/** The tag form of a version: `x` becomes 0, a leading `v` goes, suffixes such as `rc6` stay. */
export function releaseName(text: string): string {
  const bare = text.replace(/^v/, '').replace(/\.x$/, '.0');
  return /^\d+\.\d+$/.test(bare) ? `${bare}.0` : bare;
}

function bound(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(`"${text}" is not a version`);
  return version;
}
