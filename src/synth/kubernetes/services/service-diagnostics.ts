import { diagnostic } from '../../../diagnostics/index.ts';
import type { Diagnostic } from '../../../diagnostics/index.ts';
import type { ServiceAllocation } from '../../../model/index.ts';
import { compareText } from '../../../units/index.ts';
import type { DeclaredService } from './declared-service.ts';
import type { PlannedService } from './planned-service.ts';
import { serviceTermination } from './service-lifecycle.ts';

/** Names of environment variables that every supported Kubernetes takes (API validation `IsEnvVarName`, 1.31). */
const VARIABLE_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/**
 * What synthesis leaves to the user, one diagnostic for all services that it concerns: services without an image, spot
 * notices shorter than the declared grace, and services of others that pods cannot be kept apart from.
 * `planned` holds every service of the plan, `services` those that are deployed by us.
 */
export function serviceRemarks(
  services: readonly PlannedService[],
  planned: readonly DeclaredService[],
): readonly Diagnostic[] {
  const foreign = new Set(planned.filter((service) => service.image === '').map((service) => service.id));
  return [
    ...withoutImage([...foreign].sort(compareText)),
    ...cutShort(services.filter(isCutShort).map(({ service }) => service.id)),
    ...apartFromForeign(
      services.flatMap(({ service }) => service.apartFrom.filter((other) => foreign.has(other))),
    ),
  ];
}

/** An allocation that names something the plan does not hold. */
export function unknownPart(allocation: ServiceAllocation, part: 'service' | 'pool'): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `The plan does not hold the ${part} of allocation ${allocation.id}.`,
    detail:
      part === 'service'
        ? `No service "${allocation.workload}" is declared.`
        : `No pool "${allocation.pool}" with ${allocation.capacityType} offerings is declared.`,
    path: `decision.serviceAllocations[${allocation.id}]`,
    fix: 'Make the plan again from its stack.',
  });
}

/** Environment variables of a service whose names Kubernetes refuses. */
export function refusedEnvironment({ id, environment }: DeclaredService): readonly Diagnostic[] {
  return environment
    .filter(([name]) => !VARIABLE_NAME.test(name) || name === '.' || name.startsWith('..'))
    .map(([name]) =>
      diagnostic('synth-unsupported', {
        summary: `"${name}" cannot be the name of an environment variable of ${id}.`,
        detail: 'Kubernetes takes letters, digits, "_", "-" and ".", no digit first.',
        path: `problem.services[${id}].environment`,
        fix: 'Rename the variable.',
      }),
    );
}

function withoutImage(ids: readonly string[]): readonly Diagnostic[] {
  if (ids.length === 0) return [];
  return [
    diagnostic('synth-unsupported', {
      severity: 'note',
      summary: `No objects are written for ${counted(ids)} without an image.`,
      detail: ids.join(', '),
      path: 'problem.services',
      fix: 'Declare an image, or let the owner deploy them with the replicas of the plan on nodes with the label plimsoll.dev/pool.',
    }),
  ];
}

function isCutShort({ service, podSets }: PlannedService): boolean {
  return podSets.some((podSet) => serviceTermination(service, podSet).isCut);
}

function cutShort(ids: readonly string[]): readonly Diagnostic[] {
  if (ids.length === 0) return [];
  return [
    diagnostic('synth-unsupported', {
      severity: 'warning',
      summary: `Spot nodes go before ${counted(ids)} may have finished their requests.`,
      detail: `Their termination grace is cut to the provider's notice: ${ids.join(', ')}.`,
      path: 'problem.services',
      fix: 'Declare a shorter terminationGrace, or maxSpotShare: 0%.',
    }),
  ];
}

function apartFromForeign(others: readonly string[]): readonly Diagnostic[] {
  const ids = [...new Set(others)].sort(compareText);
  if (ids.length === 0) return [];
  return [
    diagnostic('synth-unsupported', {
      severity: 'warning',
      summary: `Pods are not kept apart from those of ${counted(ids)} without an image: their labels are unknown.`,
      detail: ids.join(', '),
      path: 'problem.services',
      fix: 'Let their owner write the anti-affinity; pods of ours carry the label plimsoll.dev/workload.',
    }),
  ];
}

function counted(ids: readonly string[]): string {
  return ids.length === 1 ? '1 service' : `${ids.length} services`;
}
