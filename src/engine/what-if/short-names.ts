import type { CapacityType, PoolDocument } from '../../model/index.ts';
import type { Assignment } from './expression.ts';
import type { PathSegment } from './field-path.ts';
import { findFields } from './find-fields.ts';
import type { FoundFields } from './find-fields.ts';

/** Prices of a pool that are changed alike, whatever zone they are of and wherever they come from. */
export interface PriceFactor {
  /** Id of a pool, or of a pool of many instance types. */
  readonly pool: string;
  readonly capacityTypes: readonly CapacityType[];
  /** ≥ 0; times the price that the stack or the catalogue states. */
  readonly factor: number;
  /** The change as written. */
  readonly text: string;
}

/** The fields that short names stand for; `undefined` where a path begins with none of them. */
const FULL_NAMES: Readonly<Record<string, readonly string[]>> = {
  'pools quota': ['maxNodes'],
  'workloads rate': ['traffic', 'meanRate'],
};

/** A path with its short name replaced by the fields that it stands for: `workloads.chat.rate` by `workloads.chat.traffic.meanRate`. */
export function fullPath(path: readonly PathSegment[]): readonly PathSegment[] {
  const names = path.map((segment) => (segment.kind === 'name' ? segment.name : ''));
  const [list = '', , last = '', , ofClass] = names;
  const plain = (fields: readonly string[]): PathSegment[] => fields.map((name) => ({ kind: 'name', name }));
  const all: PathSegment = { kind: 'all' };
  if (path.length === 3 && list === 'services' && last === 'rate')
    return [...path.slice(0, 2), ...plain(['requestClasses']), all, ...plain(['meanRate'])];
  if (path.length === 5 && list === 'services' && last === 'requestClasses' && ofClass === 'rate')
    return [...path.slice(0, 4), ...plain(['meanRate'])];
  const full = FULL_NAMES[`${list} ${last}`];
  return path.length === 3 && full !== undefined ? [...path.slice(0, 2), ...plain(full)] : path;
}

/** What a path to prices of pools names: the pools and the kinds of capacity; undefined for any other path. */
export interface PricePath {
  /** Path of the pools. */
  readonly pools: readonly PathSegment[];
  /** Kinds of capacity of a pool whose price is meant. */
  readonly typesOf: (pool: PoolDocument) => readonly CapacityType[];
}

/** Reads `pools.<id>.price` (all capacity but spot), `.spotPrice`, and `.prices.<capacity type>`; of other paths undefined. */
export function pricePath(path: readonly PathSegment[]): PricePath | undefined {
  const [list, pool, field, type] = path;
  if (list?.kind !== 'name' || list.name !== 'pools' || pool === undefined || field?.kind !== 'name')
    return undefined;
  const wants = wantedTypes(field.name, path.length, type);
  if (wants === undefined) return undefined;
  return { pools: [list, pool], typesOf: (item) => offeredTypes(item).filter(wants) };
}

/** The kinds of capacity that a pool offers. */
export function offeredTypes({ capacityTypes = ['on-demand'] }: PoolDocument): readonly CapacityType[] {
  return capacityTypes;
}

function wantedTypes(
  field: string,
  length: number,
  type: PathSegment | undefined,
): ((type: CapacityType) => boolean) | undefined {
  if (length === 3 && field === 'price') return (item) => item !== 'spot';
  if (length === 3 && field === 'spotPrice') return (item) => item === 'spot';
  if (length !== 4 || field !== 'prices' || type === undefined || type.kind === 'index') return undefined;
  return (item) => type.kind === 'all' || item === type.name;
}

/** The pools of a price path as fields of the document. */
export function pricedPools(document: unknown, { pools }: PricePath): FoundFields {
  return findFields(document, pools);
}

/** The factors of a relative change of prices, one per pool that offers such capacity. */
export function priceFactors(
  { typesOf }: PricePath,
  pools: readonly PoolDocument[],
  { text, factor }: Pick<Assignment, 'text'> & { readonly factor: number },
): readonly PriceFactor[] {
  return pools.flatMap((pool): PriceFactor[] => {
    const capacityTypes = typesOf(pool);
    return capacityTypes.length === 0 ? [] : [{ pool: pool.id, capacityTypes, factor, text }];
  });
}
