import { createHash } from 'node:crypto';

/** Longest DNS-1123 label, and longest label value (Kubernetes, "Object Names and IDs", "Labels and Selectors"). */
export const MAX_LABEL_LENGTH = 63;

/**
 * Longest name of a pod set. Kubernetes cuts the names of a Deployment's pods at 63 characters and refuses pods of a
 * StatefulSet whose revision label (name and 11 characters) exceeds them; LeaderWorkerSet adds a group index before.
 */
export const MAX_POD_SET_NAME = 47;

/** Digits of the content hash appended to a shortened name. */
const HASH_DIGITS = 8;

/** Whether a text is a DNS-1123 label. */
export function isDnsLabel(name: string): boolean {
  return name.length <= MAX_LABEL_LENGTH && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** Whether a text is a DNS-1035 label, as the names of Services are: a DNS-1123 label that starts with a letter. */
export function isServiceName(name: string): boolean {
  return isDnsLabel(name) && /^[a-z]/.test(name);
}

/**
 * The name itself, or, when it is longer than `limit`, its beginning and a hash of the whole, so that different long
 * names stay different. The result is a DNS-1123 label whenever the name consists of the characters of one.
 */
export function shortenedName(name: string, limit: number = MAX_LABEL_LENGTH): string {
  if (name.length <= limit) return name;
  const start = name.slice(0, limit - HASH_DIGITS - 1).replace(/-+$/, '');
  return `${start}-${shortHash(name)}`;
}

/** The first eight hex digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, HASH_DIGITS);
}

/**
 * A label value near to a text: characters that labels refuse become `-`, ends that are no letter or digit go, and
 * what is too long is shortened with a hash. The rule is fixed, so equal texts give equal values.
 */
export function labelValue(text: string): string {
  const allowed = trimmed(text.replaceAll(/[^A-Za-z0-9_.-]/g, '-'));
  return allowed.length <= MAX_LABEL_LENGTH
    ? allowed
    : `${trimmed(allowed.slice(0, MAX_LABEL_LENGTH - HASH_DIGITS - 1))}-${shortHash(text)}`;
}

/** Name of the Karpenter node class of a stack: its own, so that stacks in a cluster do not share one. */
export function nodeClassName(stack: string): string {
  return shortenedName(dnsName(stack));
}

/** Whether a text is a label key: an optional DNS subdomain and `/`, then at most 63 letters, digits, `-`, `_`, `.`. */
export function isLabelKey(key: string): boolean {
  const parts = key.split('/');
  if (parts.length > 2) return false;
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const isPrefix = (text: string): boolean => text.length <= 253 && text.split('.').every(isDnsLabel);
  return (
    name.length <= MAX_LABEL_LENGTH &&
    /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name) &&
    (prefix === undefined || isPrefix(prefix))
  );
}

function trimmed(text: string): string {
  return text.replace(/^[^A-Za-z0-9]+/, '').replace(/[^A-Za-z0-9]+$/, '');
}

/**
 * Names of pod sets, made of the text that `idOf` gives: as it is, shortened with a hash where it is too long. Texts that
 * become equal all get a hash of what `differenceOf` says tells them apart, so a name never depends on the order of sets.
 */
export function podSetNames<T>(
  sets: readonly T[],
  idOf: (set: T) => string,
  differenceOf: (set: T) => readonly string[],
): ReadonlyMap<T, string> {
  const plain = sets.map((set) => dnsName(idOf(set)));
  const counts = new Map<string, number>();
  for (const name of plain) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    sets.map((set, index) => {
      const name = plain[index] ?? '';
      const isUnique = counts.get(name) === 1;
      const text = isUnique ? name : `${name}-${shortHash(differenceOf(set).join('\n'))}`;
      return [set, shortenedName(text, MAX_POD_SET_NAME)];
    }),
  );
}

function dnsName(id: string): string {
  return id
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .replace(/^-+|-+$/g, '');
}
