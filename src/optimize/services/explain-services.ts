import type { BindingConstraint, ConstraintCheck } from '../../model/index.ts';
import type { Unplaceable } from './plan-services.ts';
import type { ServiceFleet } from './service-fleet.ts';

/** Why services cannot be placed, in terms of what was declared, with the change that would help. */
export function explainUnplaceable(fleet: ServiceFleet, failure: Unplaceable): readonly BindingConstraint[] {
  const window = fleet.windows[failure.window]?.id ?? '';
  if (failure.reason === 'packing') {
    const quotas = fleet.quotas.filter((quota) => Number.isFinite(quota.most));
    return quotas.length === 0
      ? [
          {
            constraint: `packing/${window}`,
            description: `The pods of window ${window} fit on no set of the offered nodes`,
          },
        ]
      : quotas.map((quota) => ({
          constraint: `quota/${quota.id}`,
          description: `${quota.most} nodes of ${quota.id} do not hold the pods of window ${window}`,
          relaxation: { change: `raise maxNodes of ${quota.id}, or offer larger nodes` },
        }));
  }
  const { workload, cells } = failure.service;
  const zones = new Set(cells.map((cell) => fleet.cells[cell]?.zone));
  const { slo, maxSpotShare, scheduling } = workload;
  const hasBase = cells.some((cell) => fleet.cells[cell]?.kind === 'base');
  const causes: BindingConstraint[] = [];
  if (slo.tolerates === 'zone' && zones.size < 2) {
    causes.push({
      constraint: `tolerates/${workload.id}`,
      description: `${workload.id} is to survive the loss of a zone but may run in ${[...zones].join(', ')} only`,
      relaxation: { change: 'offer a second zone, or set slo.tolerates to node' },
    });
  }
  if (!hasBase && maxSpotShare < 1) {
    causes.push({
      constraint: `spot-share/${workload.id}`,
      description: `${workload.id} may have ${Math.round(maxSpotShare * 100)} % of its replicas on spot capacity, and nothing else is offered to it`,
      relaxation: { change: 'offer on-demand capacity, or set maxSpotShare to 100%' },
    });
  }
  if (causes.length > 0) return causes;
  return [
    {
      constraint: `resilience/${workload.id}`,
      description: `No spread of ${workload.id} survives the loss of a ${slo.tolerates} with ${(slo.availability * 100).toPrecision(5)} % availability${
        Number.isFinite(workload.replicas.max) ? `, at most ${workload.replicas.max} replicas` : ''
      }${Number.isFinite(scheduling.maxPerNode) ? ` and ${scheduling.maxPerNode} per node` : ''}`,
      relaxation: {
        change: 'raise replicas.max, lower slo.availability, or offer more zones or instance families',
      },
    },
  ];
}

/** A budget that the services alone exceed. */
export function withoutBudget(check: ConstraintCheck): BindingConstraint {
  return {
    constraint: check.constraint,
    description: `The cheapest placement of services spends ${check.used.toFixed(2)} of ${check.limit.toFixed(2)} ${check.unit}`,
    relaxation: { change: `raise the budget to ${Math.ceil(check.used)} USD/month` },
  };
}
