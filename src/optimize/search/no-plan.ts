import { worldSize } from '../../model/index.ts';
import type { BindingConstraint, ObjectiveLimits, ServingPlan } from '../../model/index.ts';
import { fittingChanges } from '../../perf/index.ts';
import { formatNumber } from '../../units/index.ts';
import { generateShapes } from '../candidates/generator.ts';
import { explainSlo } from '../slo-conflict.ts';
import type { SloFindings } from '../slo-conflict.ts';
import { brokenMerits } from './merits.ts';
import type { SearchRequest } from './request.ts';
import { replicaCounts } from './serving-plans.ts';
import type { Finalist } from './serving-plans.ts';

/** What a search without a plan learnt. */
export interface FruitlessSearch {
  readonly request: SearchRequest;
  readonly findings: SloFindings;
  readonly finalists: readonly Finalist[];
  /** Whether any shape may keep the SLO at some load. */
  readonly hasSurvivors: boolean;
  /** Plans within the SLO that broke a limit set beside it. */
  readonly overLimits: readonly ServingPlan[];
}

/**
 * Why there is no plan, with the nearest change that would give one: limits beside the SLO, too few accelerators for the
 * load, limits of the SLO, or a model that fits nowhere; the first that applies.
 */
export function explainNoPlan(search: FruitlessSearch): readonly BindingConstraint[] {
  const { request, findings, finalists, overLimits } = search;
  if (overLimits.length > 0) return [tightestMerit(overLimits, request.limits)];
  if (finalists.length > 0) return [tooFewAccelerators(finalists, request)];
  const isSplitOnly = !request.modes.includes('aggregated');
  if (isSplitOnly && search.hasSurvivors) return [noSplit(request)];
  const isOutOfRoom = findings.failed.length === 0 && Object.keys(findings.leastPossible).length === 0;
  return isOutOfRoom ? [fitsNowhere(search)] : explainSlo(findings);
}

function tightestMerit(plans: readonly ServingPlan[], limits: ObjectiveLimits): BindingConstraint {
  const nearest = plans
    .map((plan) => ({ plan, broken: brokenMerits(plan, limits) }))
    .sort((a, b) => (a.broken[0]?.ratio ?? 1) - (b.broken[0]?.ratio ?? 1))[0];
  const texts = nearest?.broken.map((item) => item.text).join(' and ') ?? '';
  const names = nearest?.broken.map((item) => item.limit).join(' and ') ?? '';
  return {
    constraint: `limits/${names}`,
    description: `The plan that comes nearest to the limits, ${nearest?.plan.id ?? ''}, has ${texts}`,
    relaxation: {
      change: `loosen ${names} to ${texts}`,
      ...(nearest === undefined ? {} : { perMonth: nearest.plan.merits.costPerMonth }),
    },
  };
}

/** Prefill and decode replicas were asked for, and no split of the accelerators carries the load. */
function noSplit({ accelerators, load }: SearchRequest): BindingConstraint {
  const [pool = ''] = Object.keys(accelerators);
  const most = Object.values(accelerators).reduce((sum, count) => sum + count, 0);
  return {
    constraint: `accelerators/${pool}`,
    description: `No split of ${most} accelerators into prefill and decode replicas carries the load within the SLO`,
    relaxation: {
      change:
        load.kind === 'most'
          ? 'offer more accelerators, or loosen the SLO'
          : 'lower the load, offer more accelerators, or allow replicas that serve whole requests',
    },
  };
}

function tooFewAccelerators(finalists: readonly Finalist[], request: SearchRequest): BindingConstraint {
  const needs = finalists
    .map((finalist) => {
      // What surely does: loads near a capacity itself may miss the SLO by chance.
      const { low } = finalist.evaluated.capacity.rate;
      const { least, most } = replicaCounts(withCapacity(finalist, low), request);
      const size = worldSize(finalist.shape.configuration.parallelism);
      const accelerators = Math.max(least, most + 1) * size;
      return { pool: finalist.shape.pool, accelerators, carried: low * most };
    })
    .sort((a, b) => a.accelerators - b.accelerators || b.carried - a.carried);
  const [fewest] = needs;
  const carried = Math.max(0, ...needs.map((item) => item.carried));
  const unit = request.load.kind === 'concurrency' ? 'clients' : 'requests/s';
  const pool = fewest?.pool ?? '';
  return {
    constraint: `accelerators/${pool}`,
    description: `The ${request.accelerators[pool] ?? 0} accelerators of ${pool} carry at most ${formatNumber(carried, 3)} ${unit} within the SLO by replicas that serve whole requests`,
    relaxation: {
      change:
        carried > 0
          ? `offer ${fewest?.accelerators ?? 0} accelerators, or lower the load to ${formatNumber(carried, 3)} ${unit}`
          : `offer ${fewest?.accelerators ?? 0} accelerators`,
    },
  };
}

function withCapacity(finalist: Finalist, value: number): Finalist {
  const { evaluated } = finalist;
  const { capacity } = evaluated;
  return {
    ...finalist,
    evaluated: { ...evaluated, capacity: { ...capacity, rate: { ...capacity.rate, value } } },
  };
}

/** No cut of the model runs: memory, cuts that do not divide, formats that the accelerator lacks. */
function fitsNowhere({ request, findings }: FruitlessSearch): BindingConstraint {
  const [constraint] = explainSlo(findings);
  const beyond = nearestFit(request);
  return {
    constraint: constraint?.constraint ?? `hardware/${request.workload.workload.id}`,
    description: constraint?.description ?? 'No configuration can run',
    ...(beyond === undefined ? {} : { relaxation: { change: beyond } }),
  };
}

/** The nearest single change with which some cut would run: of the configuration that is cut widest. */
function nearestFit(request: SearchRequest): string | undefined {
  const { shapes } = generateShapes(request.workload, request.offerings, request.accelerators);
  const widest = [...shapes].sort(
    (a, b) =>
      worldSize(b.configuration.parallelism) - worldSize(a.configuration.parallelism) ||
      (a.id < b.id ? -1 : 1),
  );
  for (const { configuration } of widest) {
    const labels = fittingChanges(configuration).map((change) => change.label);
    if (labels.length > 0) return `use ${labels.join(', or ')}`;
  }
  const larger = generateShapes(request.workload, request.offerings).shapes.find(({ configuration }) => {
    return fittingChanges(configuration).length === 0;
  });
  return larger === undefined
    ? undefined
    : `offer ${worldSize(larger.configuration.parallelism)} accelerators of ${larger.pool}`;
}
