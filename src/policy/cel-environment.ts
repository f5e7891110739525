import { Environment } from '@marcbachmann/cel-js';
import { formatDuration, formatNumber, formatPercent } from '../units/index.ts';
import { formatUsd, usd } from '../units/index.ts';
import { KubernetesQuantity, parseQuantity } from './quantity.ts';

/**
 * Dialects of CEL. `admission` is what a Kubernetes API server also evaluates (plus `plan`, `problem` and
 * `manifests`, which only exist offline): rules on manifests use it. `planning` adds arithmetic that mixes ints
 * and doubles and functions that print quantities: every other rule uses it. `server` is `admission` as strict as an
 * API server compiles it: all items of a list or map literal have one type.
 */
export type CelDialect = 'planning' | 'admission' | 'server';

/** Names that expressions may use. */
export const CEL_VARIABLES = ['self', 'plan', 'problem', 'params', 'manifests', 'variables'] as const;

const environments = new Map<CelDialect, Environment>();

/** The environment of a dialect; made on first use, never changed afterwards. */
export function celEnvironment(dialect: CelDialect): Environment {
  const known = environments.get(dialect);
  if (known !== undefined) return known;
  const environment = new Environment({
    homogeneousAggregateLiterals: dialect === 'server',
    enableOptionalTypes: true,
  });
  for (const name of CEL_VARIABLES) environment.registerVariable(name, 'dyn');
  registerMixedEquality(environment);
  registerQuantities(environment);
  registerListFunctions(environment);
  if (dialect === 'planning') {
    registerMixedArithmetic(environment);
    registerPrinting(environment);
  }
  environments.set(dialect, environment);
  return environment;
}

type Numeric = number | bigint;

/** The evaluator compares mixed numbers by order but knows no mixed equality; the CEL specification has both. */
function registerMixedEquality(environment: Environment): void {
  environment.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
}

function registerMixedArithmetic(environment: Environment): void {
  const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [sign, compute] of Object.entries(operations)) {
    const mixed = (a: Numeric, b: Numeric) => compute(Number(a), Number(b));
    environment.registerOperator(`int ${sign} double`, mixed);
    environment.registerOperator(`double ${sign} int`, mixed);
  }
}

/** `quantity()` and its methods as in the Kubernetes CEL library (kubernetes.io, "CEL in Kubernetes"). */
function registerQuantities(environment: Environment): void {
  const name = 'kubernetes.Quantity';
  type Q = KubernetesQuantity;
  environment.registerType(name, KubernetesQuantity);
  environment.registerFunction(`quantity(string): ${name}`, (text: string) => {
    const quantity = parseQuantity(text);
    if (quantity === undefined)
      throw new Error(`"${text}" is not a Kubernetes quantity such as "500m" or "2Gi"`);
    return quantity;
  });
  environment.registerFunction(
    'isQuantity(string): bool',
    (text: string) => parseQuantity(text) !== undefined,
  );
  const method = (signature: string, handler: (a: Q, b: Q) => unknown) => {
    environment.registerFunction(`${name}.${signature}`, handler);
  };
  method(`isGreaterThan(${name}): bool`, (a, b) => a.nanos > b.nanos);
  method(`isLessThan(${name}): bool`, (a, b) => a.nanos < b.nanos);
  method(`compareTo(${name}): int`, (a, b) => (a.nanos < b.nanos ? -1n : a.nanos > b.nanos ? 1n : 0n));
  const sum = (nanos: bigint, a: Q, b: Q) => new KubernetesQuantity(nanos, a.isInteger && b.isInteger);
  method(`add(${name}): ${name}`, (a, b) => sum(a.nanos + b.nanos, a, b));
  method(`sub(${name}): ${name}`, (a, b) => sum(a.nanos - b.nanos, a, b));
  const sign = (a: Q) => (a.nanos < 0n ? -1n : a.nanos > 0n ? 1n : 0n);
  method('sign(): int', sign);
  // API servers know it in this form only, against their documentation (k8s.io/apiserver 0.36.3, quantityLibraryDecls).
  environment.registerFunction(`sign(${name}): int`, sign);
  method('isInteger(): bool', (a) => a.isInteger);
  method('asInteger(): int', (a) => {
    if (!a.isInteger) throw new Error('asInteger() needs a quantity written as a whole number');
    return a.integer;
  });
  method('asApproximateFloat(): double', (a) => a.approximate);
  environment.registerOperator(`${name} == ${name}`, (a: Q, b: Q) => a.nanos === b.nanos);
}

/** `sum`, `min` and `max` of a list of numbers, as in the Kubernetes CEL library; `sum` of nothing is 0. */
function registerListFunctions(environment: Environment): void {
  const extreme = (list: readonly Numeric[], isBetter: (a: Numeric, b: Numeric) => boolean) => {
    if (list.length === 0) throw new Error('min() and max() need a list that is not empty');
    return list.reduce((best, item) => (isBetter(item, best) ? item : best));
  };
  environment.registerFunction('list<dyn>.sum(): dyn', sumOf);
  environment.registerFunction('list<dyn>.min(): dyn', (list: Numeric[]) => extreme(list, (a, b) => a < b));
  environment.registerFunction('list<dyn>.max(): dyn', (list: Numeric[]) => extreme(list, (a, b) => a > b));
}

function sumOf(list: readonly unknown[]): Numeric {
  if (list.every((item) => typeof item === 'bigint')) return list.reduce((total, item) => total + item, 0n);
  return list.reduce<number>((total, item) => {
    if (typeof item !== 'bigint' && typeof item !== 'number')
      throw new Error('sum() needs a list of numbers');
    return total + Number(item);
  }, 0);
}

/**
 * Functions for messages: `usd(1234.5)` gives `1,234.50 USD`, `percent(0.25)` `25 %`, `percent(0.99951, 5)`
 * `99.951 %`, `seconds(0.06)` `60 ms`, `number(1234.56)` `1235`.
 */
function registerPrinting(environment: Environment): void {
  const printers: Readonly<Record<string, (value: number) => string>> = {
    usd: (dollars) => `${formatUsd(usd(dollars))} USD`,
    percent: (share) => formatPercent(share),
    seconds: (value) => formatDuration(value),
    number: (value) => formatNumber(value),
  };
  for (const [name, print] of Object.entries(printers)) {
    for (const type of ['int', 'double']) {
      environment.registerFunction(`${name}(${type}): string`, (value: Numeric) => print(Number(value)));
    }
  }
  environment.registerFunction('percent(double, int): string', (share: number, digits: bigint) =>
    formatPercent(share, Number(digits)),
  );
}
