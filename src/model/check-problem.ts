import { closestName } from '../diagnostics/index.ts';
import { checkAims } from './check-aims.ts';
import { checkCatalog } from './check-catalog.ts';
import { isCalendarDate, noSuchDay } from './check-dates.ts';
import { checkPools } from './check-pool.ts';
import { checkServices } from './check-service.ts';
import { checkWorkloads } from './check-workload.ts';
import { tryRead } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { ProblemDocument } from './problem-document.ts';

type Document = Salvaged<ProblemDocument>;

/** Every problem that a document has beyond its shape. Works on what is left of a document with broken fields. */
export function checkProblem(document: Document): Finding[] {
  return [
    ...nothingToRun(document),
    ...repeatedIds(document.pools, 'pool', ['pools']),
    ...repeatedIds(document.workloads, 'workload', ['workloads']),
    ...repeatedIds(document.services, 'service', ['services']),
    ...repeatedIds(document.budgets, 'budget', ['budgets']),
    ...repeatedIds(document.policies, 'policy', ['policies']),
    ...checkPools(document),
    ...checkWorkloads(document),
    ...checkServices(document),
    ...checkAims(document),
    ...checkBudgets(document),
    ...checkPolicies(document),
    ...checkWaivers(document),
    ...checkCatalog(document.catalog, ['catalog']),
  ];
}

/** Neither workloads nor services; a list that broke the schema is reported there. */
function nothingToRun(document: Document): Finding[] {
  const lists = ['workloads', 'services'] as const;
  if (Object.keys(document).length === 0) return []; // no object at all is reported by the schema
  if (lists.some((list) => (document[list]?.length ?? 0) > 0)) return [];
  if (lists.some((list) => Object.hasOwn(document, list) && document[list] === undefined)) return [];
  return [
    {
      code: 'model-empty',
      at: ['workloads'],
      summary: 'The problem declares nothing to run.',
      fix: 'Add at least one language model under workloads, or one microservice under services.',
    },
  ];
}

type WithId = { readonly id?: string | undefined } | undefined;

function repeatedIds(items: readonly WithId[] | undefined, noun: string, at: DocumentSegments): Finding[] {
  const seen = new Set<string>();
  return (items ?? []).flatMap((item, index): Finding[] => {
    const id = item?.id;
    if (id === undefined || !seen.has(id)) {
      if (id !== undefined) seen.add(id);
      return [];
    }
    return [
      {
        code: 'model-duplicate-id',
        at: [...at, index, 'id'],
        summary: `Another ${noun} is called "${id}" too.`,
        fix: 'Rename one of them.',
      },
    ];
  });
}

function checkBudgets(document: Document): Finding[] {
  const teams = [...(document.workloads ?? []), ...(document.services ?? [])].flatMap(
    (workload) => workload?.team ?? [],
  );
  return (document.budgets ?? []).flatMap((budget, index): Finding[] => {
    const findings: Finding[] = [];
    if (tryRead('monthlyUsd', budget?.limit) === 0) {
      findings.push({
        code: 'model-out-of-range',
        at: ['budgets', index, 'limit'],
        summary: 'A budget of zero forbids every plan.',
        fix: 'State an amount above zero.',
      });
    }
    const team = budget?.team;
    if (team !== undefined && !teams.includes(team)) {
      const closest = closestName(team, teams);
      findings.push({
        code: 'model-unknown-reference',
        severity: 'warning',
        at: ['budgets', index, 'team'],
        summary: `Nothing belongs to team "${team}": the budget limits nothing.`,
        ...(closest === undefined ? {} : { fix: `Did you mean "${closest}"?` }),
      });
    }
    return findings;
  });
}

function checkPolicies(document: Document): Finding[] {
  return (document.policies ?? []).flatMap((policy, index): Finding[] => {
    if (policy === undefined) return [];
    const at = ['policies', index];
    const isEmpty = !Object.hasOwn(policy, 'pack') && (policy.rules?.length ?? 0) === 0;
    return [
      ...repeatedIds(policy.rules, 'rule of the policy', [...at, 'rules']),
      ...(isEmpty && !brokenRules(policy)
        ? [
            {
              code: 'model-missing-field' as const,
              at,
              summary: 'The policy holds neither a pack nor rules.',
              fix: 'Add pack, such as "cost-guardrails", or rules.',
            },
          ]
        : []),
    ];
  });
}

/** The rules were given but are no list; that is reported already. */
function brokenRules(policy: object): boolean {
  return Object.hasOwn(policy, 'rules') && (policy as { rules?: unknown }).rules === undefined;
}

function checkWaivers(document: Document): Finding[] {
  return (document.waivers ?? []).flatMap((waiver, index): Finding[] => {
    const expires = waiver?.expires;
    if (expires === undefined || isCalendarDate(expires)) return [];
    return [noSuchDay(expires, ['waivers', index, 'expires'])];
  });
}
