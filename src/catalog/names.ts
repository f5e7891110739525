import type { Accelerator } from '../model/index.ts';

/** Anything with a name and other names. */
interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

const INDEXES = new WeakMap<readonly Named[], ReadonlyMap<string, Named>>();

/**
 * The record of this name, ignoring case. A record's own name wins over an alias, an alias over the last part of a path
 * (`Llama-3.1-8B-Instruct` for `meta-llama/Llama-3.1-8B-Instruct`). Builds an index of the list once.
 */
export function findByName<T extends Named>(records: readonly T[], name: string): T | undefined {
  let index = INDEXES.get(records);
  if (index === undefined) {
    index = nameIndex(records);
    INDEXES.set(records, index);
  }
  return index.get(name.trim().toLowerCase()) as T | undefined;
}

/** Every name and alias in the list, for suggestions. */
export function allNames(records: readonly Named[]): string[] {
  return records.flatMap((record) => [record.name, ...(record.aliases ?? [])]);
}

function nameIndex(records: readonly Named[]): Map<string, Named> {
  const index = new Map<string, Named>();
  const add = (key: string, record: Named): void => {
    if (!index.has(key)) index.set(key, record);
  };
  for (const record of records) add(record.name.toLowerCase(), record);
  for (const record of records) for (const alias of record.aliases ?? []) add(alias.toLowerCase(), record);
  for (const name of allNames(records)) {
    const record = index.get(name.toLowerCase());
    if (name.includes('/') && record !== undefined) add(lastPart(name), record);
  }
  return index;
}

function lastPart(name: string): string {
  return (name.split('/').at(-1) ?? name).toLowerCase();
}

/** Accelerators that price files call by one name although they differ in memory: source name → memory in GB → our name. */
const BY_MEMORY: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  a100: { 40: 'a100-40gb-sxm', 80: 'a100-80gb-sxm' },
  v100: { 16: 'v100-16gb-sxm', 32: 'v100-32gb-sxm' },
  h100: { 80: 'h100-sxm', 94: 'h100-nvl' },
};

/**
 * The accelerator a price file means by a name, using the memory per accelerator in GB where the name alone is
 * ambiguous (an `A100` may have 40 or 80 GB).
 */
export function matchAccelerator(
  accelerators: readonly Accelerator[],
  name: string,
  memoryGb?: number,
): Accelerator | undefined {
  const exact = memoryGb === undefined ? undefined : BY_MEMORY[name.toLowerCase()]?.[Math.round(memoryGb)];
  return findByName(accelerators, exact ?? name);
}
