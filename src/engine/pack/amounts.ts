import type { Diagnostic } from '../../diagnostics/index.ts';
import { diagnostic } from '../../diagnostics/index.ts';
import { parseCpu, parseMemory } from '../../units/index.ts';
import { fieldsOf } from '../import-manifests/fields.ts';

/**
 * The amounts of a Kubernetes resource list in whole units: millicores of `cpu`, bytes of memory and storage, pieces of others. Fractions are
 * rounded as `round` says: up for requests, down for capacity. Problems go to `problems` as `pack-invalid-object`.
 */
export function amountsOf(
  list: unknown,
  path: string,
  round: (value: number) => number,
  problems: Diagnostic[],
): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const [resource, quantity] of Object.entries(fieldsOf(list))) {
    const text = typeof quantity === 'number' ? String(quantity) : quantity;
    const read = resource === 'cpu' ? parseCpu(text) : parseMemory(text);
    const value = read.ok ? round(read.value) : NaN;
    if (read.ok && value <= Number.MAX_SAFE_INTEGER) amounts.set(resource, value);
    else problems.push(wrongAmount(resource, quantity, path));
  }
  return amounts;
}

function wrongAmount(resource: string, quantity: unknown, path: string): Diagnostic {
  const shown = JSON.stringify(quantity) ?? 'nothing';
  const isNegative = /^-/.test(String(quantity).trim());
  return diagnostic('pack-invalid-object', {
    summary: `${resource} is ${shown}${isNegative ? ', which is negative' : ', which is no quantity'}.`,
    path: `${path}.${resource}`,
    detail: 'Quantities of Kubernetes are not negative, such as 250m, 2, 512Mi or 4Gi.',
    fix: 'Correct the quantity, or dump the cluster again.',
  });
}

/** Adds `other` to `amounts`, resource by resource. */
export function sumOf(
  amounts: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return merged(amounts, other, (a, b) => a + b);
}

/** The larger of each resource. */
export function maximumOf(
  amounts: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return merged(amounts, other, Math.max);
}

function merged(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
  combine: (x: number, y: number) => number,
): ReadonlyMap<string, number> {
  const result = new Map(a);
  for (const [resource, value] of b) result.set(resource, combine(result.get(resource) ?? 0, value));
  return result;
}
