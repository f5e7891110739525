/**
 * Functions that an API server also has, beside the macros and operators of CEL itself, of those that rules on manifests
 * may use offline. Source: kubernetes.io, "Common Expression Language in Kubernetes" (2026-11), and the environments of
 * k8s.io/apiserver 0.36.3; all of them are older than Kubernetes 1.30, the first with ValidatingAdmissionPolicy v1.
 */
const GLOBAL_FUNCTIONS: ReadonlySet<string> = new Set([
  'has',
  'dyn',
  'type',
  'bool',
  'bytes',
  'double',
  'int',
  'uint',
  'string',
  'size',
  'timestamp',
  'duration',
  'quantity',
  'isQuantity',
  'sign',
]);

const METHODS: ReadonlySet<string> = new Set([
  // macros over lists and maps
  ...['all', 'exists', 'exists_one', 'map', 'filter'],
  // texts
  ...['size', 'startsWith', 'endsWith', 'contains', 'matches', 'lowerAscii', 'upperAscii', 'trim'],
  ...['indexOf', 'lastIndexOf', 'substring', 'split', 'join'],
  // lists of numbers
  ...['sum', 'min', 'max'],
  // optional values
  ...['of', 'none', 'hasValue', 'value', 'or', 'orValue'],
  // quantities
  ...['isGreaterThan', 'isLessThan', 'compareTo', 'add', 'sub', 'isInteger', 'asInteger'],
  'asApproximateFloat',
  // times
  ...[
    'getDate',
    'getDayOfMonth',
    'getDayOfWeek',
    'getDayOfYear',
    'getFullYear',
    'getHours',
    'getMilliseconds',
  ],
  ...['getMinutes', 'getMonth', 'getSeconds'],
]);

/** Macros whose first argument names a variable of their own. */
const BINDING_MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Names with a meaning of their own in expressions of an admission policy. */
const SERVER_NAMES: ReadonlySet<string> = new Set([
  'object',
  'oldObject',
  'request',
  'params',
  'namespaceObject',
  'variables',
  'authorizer',
]);

/** Whether an API server has a function that is called by itself (`size(x)`) or on a value (`x.size()`). */
export function isServerFunction(name: string, form: 'global' | 'method'): boolean {
  return (form === 'global' ? GLOBAL_FUNCTIONS : METHODS).has(name);
}

/** Whether the first argument of a method is a name that it binds, as in `list.all(name, …)`. */
export function bindsName(method: string): boolean {
  return BINDING_MACROS.has(method);
}

/** Whether an API server gives a name to expressions, so that a rule cannot bind it to something else. */
export function isServerName(name: string): boolean {
  return SERVER_NAMES.has(name);
}

/** Parts of regular expressions that JavaScript has and RE2, which API servers use, has not: looking around, back references. */
const NOT_IN_RE2 = /\(\?<?[=!]|\\[1-9]|\\k</;

/** Whether a regular expression means something to RE2; source: github.com/google/re2, "Syntax" (2026-11). */
export function isRe2(pattern: string): boolean {
  return !NOT_IN_RE2.test(pattern.replaceAll('\\\\', ''));
}

const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Words that CEL keeps for itself; source: github.com/google/cel-spec, "Syntax", RESERVED and keywords (2026-11). */
const RESERVED: ReadonlySet<string> = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if'],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
]);

/** Whether a text can name a variable, or a field after a dot. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !RESERVED.has(text);
}

/** The name of a rule's variable in a policy: its own, or with `_` behind it where CEL keeps the word for itself. */
export function serverVariable(name: string): string {
  return isIdentifier(name) ? name : `${name}_`;
}
