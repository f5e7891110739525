import { formatBytes } from '../units/index.ts';
import { tryRead } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { InstanceSelectorDocument, PoolDocument, ProblemDocument } from './problem-document.ts';

/** What is wrong with pools beyond their shape: prices that are never used, selectors that can choose nothing. */
export function checkPools(document: Salvaged<ProblemDocument>): Finding[] {
  return (document.pools ?? []).flatMap((pool, index) => {
    if (pool === undefined) return [];
    const at = ['pools', index];
    return [
      ...(pool.instanceTypes === undefined ? uselessPrices(pool, at) : pricesOfMany(pool, at)),
      ...checkSelector(pool.instanceTypes, [...at, 'instanceTypes']),
    ];
  });
}

function uselessPrices(pool: Salvaged<PoolDocument>, at: DocumentSegments): Finding[] {
  const offered: readonly (string | undefined)[] = pool.capacityTypes ?? ['on-demand'];
  return Object.keys(pool.prices ?? {})
    .filter((type) => !offered.includes(type))
    .map((type): Finding => ({
      code: 'model-unknown-reference',
      severity: 'warning',
      at: [...at, 'prices', type],
      summary: `The ${type} price is never used: the pool does not offer ${type} capacity.`,
      fix: `Add "${type}" to capacityTypes, or remove the price.`,
    }));
}

/** One price cannot be that of many instance types. */
function pricesOfMany(pool: Salvaged<PoolDocument>, at: DocumentSegments): Finding[] {
  if (Object.keys(pool.prices ?? {}).length === 0) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, 'prices'],
      summary: 'Prices belong to one instance type, and this pool chooses among many.',
      fix: 'State them under catalog.prices, or name the one type in instanceType.',
    },
  ];
}

function checkSelector(
  selector: Salvaged<InstanceSelectorDocument> | undefined,
  at: DocumentSegments,
): Finding[] {
  if (selector === undefined) return [];
  const { vcpus = {}, names = [], except = [] } = selector;
  const least = tryRead('memory', selector.memory?.min);
  const most = tryRead('memory', selector.memory?.max);
  const findings: Finding[] = [];
  const claim = (holds: boolean, field: string, summary: string, fix: string) => {
    if (!holds) findings.push({ code: 'model-conflicting-fields', at: [...at, field], summary, fix });
  };
  claim(
    (vcpus.min ?? 0) <= (vcpus.max ?? Infinity),
    'vcpus',
    `No instance type has at least ${vcpus.min} and at most ${vcpus.max} vCPUs.`,
    'Lower min, or raise max.',
  );
  claim(
    (least ?? 0) <= (most ?? Infinity),
    'memory',
    `No instance type has at least ${formatBytes(least ?? 0)} and at most ${formatBytes(most ?? 0)} of memory.`,
    'Lower min, or raise max.',
  );
  claim(most !== 0, 'memory', 'No instance type has a memory of zero.', 'State an amount above zero.');
  const wanted = names.length === 0 ? ['*'] : names;
  const left = wanted.filter(
    (name) => name === undefined || !except.some((other) => other === undefined || coversName(other, name)),
  );
  claim(
    left.length > 0,
    'except',
    `Every name of instanceTypes is left out again: ${wanted.join(', ')}.`,
    'Remove a name from except, or add others to names.',
  );
  return findings;
}

/** Whether every name that `inner` stands for is one that `outer` stands for, read off the patterns: `m5.*` covers `m5.*large`. */
function coversName(outer: string, inner: string): boolean {
  return namePattern(outer).test(inner.toLowerCase());
}

/** The names that a pattern stands for, `*` for any characters, ignoring case. */
export function namePattern(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}
