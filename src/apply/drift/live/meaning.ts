import { parseQuantity } from '../../../policy/index.ts';
import type { PathSegment } from '../../../plan/index.ts';
import { isPlain } from './plain.ts';

/** Fields whose value, or whose values one level below, are quantities (Kubernetes API reference 1.33; Karpenter 1.7, Kueue 0.14, KEDA 2). */
const QUANTITY_FIELDS = new Set([
  'requests',
  'limits',
  'overhead',
  'hard',
  'capacity',
  'allocatable',
  'sizeLimit',
  'storage',
  'divisor',
  'averageValue',
  'nominalQuota',
  'borrowingLimit',
  'lendingLimit',
]);
/** Maps that the API server does not keep when they are empty. */
const DROPPED_MAPS = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'matchLabels',
  'requests',
  'limits',
  'data',
]);

/**
 * Whether a planned scalar means what the live one says. Quantities are equal by amount (`500m` is `0.5`), everything else by its text
 * and type.
 */
export function sameMeaning(planned: unknown, live: unknown, path: readonly PathSegment[]): boolean {
  if (planned === live) return true;
  if (!isQuantityAt(path)) return false;
  const [a, b] = [planned, live].map((value) =>
    typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined,
  );
  return a !== undefined && b !== undefined && a.nanos === b.nanos;
}

/**
 * Whether a planned value says no more than an absent one: the API server leaves out empty lists, empty maps of text, and the zero of a
 * field that has no other default.
 */
export function meansAbsent(planned: unknown, path: readonly PathSegment[]): boolean {
  if (planned === undefined || planned === null || planned === '' || planned === false || planned === 0)
    return true;
  if (Array.isArray(planned)) return planned.length === 0;
  const field = path.at(-1);
  return (
    isPlain(planned) &&
    Object.keys(planned).length === 0 &&
    typeof field === 'string' &&
    DROPPED_MAPS.has(field)
  );
}

function isQuantityAt(path: readonly PathSegment[]): boolean {
  return path.slice(-2).some((segment) => typeof segment === 'string' && QUANTITY_FIELDS.has(segment));
}
