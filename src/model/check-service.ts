import { suggestion } from '../diagnostics/index.ts';
import { checkServiceCalls } from './check-service-calls.ts';
import { checkServicePerformance } from './check-service-performance.ts';
import { checkServiceScheduling } from './check-service-scheduling.ts';
import { checkServiceTraffic } from './check-service-traffic.ts';
import { checkAvailability, checkPercentiles } from './check-slo.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { ProblemDocument } from './problem-document.ts';
import type { ServiceDocument } from './service-document.ts';

type Document = Salvaged<ProblemDocument>;
type Service = Salvaged<ServiceDocument>;

/** What is wrong with the services beyond their shape: references, sizes, measurements, SLOs, traffic, scheduling. */
export function checkServices(document: Document): Finding[] {
  const findings = (document.services ?? []).flatMap((service, index) => {
    if (service === undefined) return [];
    const at = ['services', index];
    return [
      ...idOfWorkload(document, service, at),
      ...unknownPools(document, service.pools, at),
      ...checkServicePerformance(service, at),
      ...checkServiceTraffic(service, at),
      ...checkSlo(service, [...at, 'slo']),
      ...checkReplicas(service, at),
      ...checkServiceScheduling(document, service, at),
    ];
  });
  return [...findings, ...checkServiceCalls(document)];
}

/** Ids name Kubernetes objects, so that a service and a language model may not share one. */
function idOfWorkload(document: Document, { id }: Service, at: DocumentSegments): Finding[] {
  if (id === undefined || !(document.workloads ?? []).some((workload) => workload?.id === id)) return [];
  return [
    {
      code: 'model-duplicate-id',
      at: [...at, 'id'],
      summary: `A language model is called "${id}" too.`,
      fix: 'Rename one of them.',
    },
  ];
}

/** Pools that a workload or service names and the problem does not declare. */
export function unknownPools(
  document: Document,
  named: readonly (string | undefined)[] | undefined,
  at: DocumentSegments,
): Finding[] {
  const pools = document.pools;
  if (pools === undefined || named === undefined) return [];
  const known = pools.flatMap((pool) => (pool?.id === undefined ? [] : [pool.id]));
  return named.flatMap((id, index): Finding[] => {
    if (id === undefined || known.includes(id)) return [];
    return [
      {
        code: 'model-unknown-reference',
        at: [...at, 'pools', index],
        summary: `There is no pool "${id}".`,
        fix: suggestion(id, known, known.length === 0 ? 'Declare the pool.' : `Pools: ${known.join(', ')}.`),
      },
    ];
  });
}

function checkSlo(service: Service, at: DocumentSegments): Finding[] {
  const { slo, performance } = service;
  const findings = [
    ...checkPercentiles(slo?.response ?? {}, 'response time', [...at, 'response']),
    ...checkAvailability(slo?.availability, at),
  ];
  const hasLimits = Object.keys(slo?.response ?? {}).length > 0;
  const isEntry = (service.requestClasses ?? []).length > 0;
  const isFixed = performance !== undefined && Object.hasOwn(performance, 'fixed');
  if (hasLimits && !isEntry && !Object.hasOwn(service, 'requestClasses')) {
    findings.push({
      code: 'model-conflicting-fields',
      severity: 'warning',
      at: [...at, 'response'],
      summary: 'The limits hold for callers from outside, and nobody outside calls it.',
      fix: 'Add requestClasses, or state the limits at the services that are called from outside.',
    });
  } else if (hasLimits && isFixed) {
    findings.push({
      code: 'model-conflicting-fields',
      severity: 'warning',
      at: [...at, 'response'],
      summary: 'The limits cannot be checked: nothing is known of the speed of fixed replicas.',
      fix: 'State performance.measured or performance.queueing, or remove the limits.',
    });
  } else if (isEntry && !hasLimits && !isFixed && !isLost(service)) {
    findings.push({
      code: 'model-missing-field',
      severity: 'warning',
      at: [...at, 'response'],
      summary: 'No limit on the response time that callers from outside see.',
      detail: 'Replicas are then planned as full as their measurements or their utilisation allow.',
      fix: 'State a limit, such as response: { p99: "250ms" }.',
    });
  }
  return findings;
}

/** The SLO was given and broke the schema; that is reported already. */
function isLost(service: Service): boolean {
  const { slo } = service;
  return slo === undefined
    ? Object.hasOwn(service, 'slo')
    : Object.hasOwn(slo, 'response') && slo.response === undefined;
}

function checkReplicas({ replicas, performance }: Service, at: DocumentSegments): Finding[] {
  const { min = 1, max = Infinity } = replicas ?? {};
  if (min > max) {
    return [
      {
        code: 'model-conflicting-fields',
        at: [...at, 'replicas', 'min'],
        summary: `The fewest replicas, ${min}, are more than the most, ${max}.`,
        fix: 'Lower min, or raise max.',
      },
    ];
  }
  const fixed = performance?.fixed?.replicas;
  if (fixed === undefined || (fixed >= min && fixed <= max)) return [];
  return [
    {
      code: 'model-conflicting-fields',
      at: [...at, 'performance', 'fixed', 'replicas'],
      summary: `${fixed} fixed replicas lie outside the bounds of ${min} to ${max === Infinity ? 'any number' : max}.`,
      fix: 'Change replicas.min or replicas.max, or the number of fixed replicas.',
    },
  ];
}
