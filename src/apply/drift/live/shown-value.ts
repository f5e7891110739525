import type { PathSegment } from '../../../plan/index.ts';
import { isPlain } from './plain.ts';

/** Names of what looks like a secret (*assumed*; the same words that imports of manifests leave behind). */
const SECRET_NAME =
  /pass(word|wd)?|secret|token(?!iz|s\b|s?[-_ ]per)|credential|private|api[-_]?key|access[-_]?key|auth/i;
/** Keys of mappings that hold a secret itself; `secretName` and `tokenExpirationSeconds` do not. */
const SECRET_KEY = /(password|passwd|token|secret|api-?key|credentials?)$/i;
/** An argument or text that gives such a name a value: `--api-key=…`, `HF_TOKEN=…`. */
const SECRET_ASSIGNMENT =
  /((?:--?)?[\w.-]*(?:pass(?:word|wd)?|secret|api[-_]?key|access[-_]?key|hf[-_]?token|auth[-_]?token|bearer)[\w.-]*\s*[= :]\s*)(\S+)/gi;
/** Arguments that take a secret as the next one. */
const SECRET_FLAG = /^--?[\w-]*(password|passwd|secret|api-key|access-key|hf-token|auth-token)$/i;
/** What stands in place of a secret. */
const HIDDEN = '(hidden)';

/** A live value as it may be shown: without what looks like a secret. `path` tells of the field, `kind` of the object. */
export function shownValue(value: unknown, path: readonly PathSegment[], kind: string): unknown {
  if (value === undefined) return undefined;
  const isHidden = (kind === 'Secret' && path[0] !== 'metadata') || path.some(namesSecret);
  return isHidden && !isReference(value) ? HIDDEN : clean(value);
}

function namesSecret(segment: PathSegment): boolean {
  return typeof segment === 'object' && segment.by === 'name' && SECRET_NAME.test(String(segment.value));
}

/** A reference to a Secret says where the secret is, not what it is. */
function isReference(value: unknown): boolean {
  return isPlain(value) && value['valueFrom'] !== undefined && value['value'] === undefined;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(SECRET_ASSIGNMENT, (_, name: string) => `${name}${HIDDEN}`);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const before: unknown = value[index - 1];
      return typeof before === 'string' && SECRET_FLAG.test(before) ? HIDDEN : clean(item);
    });
  }
  if (!isPlain(value)) return value;
  const isNamedSecret = typeof value['name'] === 'string' && SECRET_NAME.test(value['name']);
  const hides = (key: string, item: unknown): boolean =>
    typeof item === 'string' && (key === 'value' ? isNamedSecret : SECRET_KEY.test(key));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, hides(key, item) ? HIDDEN : clean(item)]),
  );
}
