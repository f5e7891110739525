import type {
  ConstraintCheck,
  Offering,
  PackedNodes,
  ResolvedProblem,
  ServiceDecision,
  ServiceWorkload,
} from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import { checkQuotas, checkStarts } from '../verify/check-nodes.ts';
import { atMost } from '../verify/subject.ts';
import type { Subject } from '../verify/subject.ts';

/**
 * Recomputes every constraint on services from the nodes and the pods on them alone: room on each node, nodes bought, replicas
 * against load, losses, spot shares, zones, pods per node, services kept apart, architectures, quotas, availability. Sorted by constraint.
 */
export function verifyServices(problem: ResolvedProblem, subject: Subject): readonly ConstraintCheck[] {
  const facts = { problem, subject, offerings: new Map(problem.offerings.map((item) => [item.id, item])) };
  const checks = [
    ...checkRoom(facts),
    ...checkBought(facts),
    ...checkQuotas(problem, subject),
    ...checkStarts(problem, subject),
    ...problem.problem.services.flatMap((service) => {
      const decision = subject.services?.find((item) => item.workload === service.id);
      return decision === undefined ? [] : checkService(facts, service, decision);
    }),
  ];
  return sortedBy(checks, (check) => check.constraint);
}

interface Facts {
  readonly problem: ResolvedProblem;
  readonly subject: Subject;
  readonly offerings: ReadonlyMap<string, Offering>;
}

/** The fullest resource of the fullest node of each offering and window, in parts of what pods may use. */
function checkRoom({ problem, subject, offerings }: Facts): readonly ConstraintCheck[] {
  const pools = new Map(problem.problem.pools.map((pool) => [pool.id, pool]));
  const shapes = new Map((subject.services ?? []).map((item) => [item.workload, item.shape.resources]));
  const fullest = new Map<string, number>();
  for (const group of subject.packing ?? []) {
    const offering = offerings.get(group.offering);
    const taken = pools.get(offering?.pool ?? '')?.daemonsets;
    const { cpuMillicores = 0, memory = 0, pods = 0 } = offering?.instanceType.allocatable ?? {};
    const used = { cpu: 0, memory: 0, pods: 0 };
    for (const [service, count] of Object.entries(group.pods)) {
      used.cpu += count * (shapes.get(service)?.cpuMillicores ?? Infinity);
      used.memory += count * (shapes.get(service)?.memory ?? Infinity);
      used.pods += count;
    }
    const share = Math.max(
      used.cpu / Math.max(cpuMillicores - (taken?.cpuMillicores ?? 0), 1e-9),
      used.memory / Math.max(memory - (taken?.memory ?? 0), 1e-9),
      used.pods / Math.max(pods - (taken?.pods ?? 0), 1e-9),
    );
    const key = `packing/${group.offering}/${group.window}`;
    fullest.set(key, Math.max(fullest.get(key) ?? 0, share));
  }
  return [...fullest].map(([constraint, share]) => atMost(constraint, share, 1, 'node'));
}

/** Nodes that hold pods against nodes bought. */
function checkBought({ subject }: Facts): readonly ConstraintCheck[] {
  const held = new Map<string, number>();
  for (const group of subject.packing ?? []) {
    const key = `${group.offering}/${group.window}`;
    held.set(key, (held.get(key) ?? 0) + group.nodes);
  }
  return [...held].map(([key, count]) => {
    const at = key.lastIndexOf('/');
    const bought =
      subject.nodes.find((item) => item.offering === key.slice(0, at))?.nodes[key.slice(at + 1)] ?? 0;
    return atMost(`nodes/${key}`, count, bought, 'nodes');
  });
}

function checkService(
  facts: Facts,
  service: ServiceWorkload,
  decision: ServiceDecision,
): readonly ConstraintCheck[] {
  const { id, slo } = service;
  const checks: ConstraintCheck[] = [];
  const held = (facts.subject.packing ?? []).filter((group) => (group.pods[id] ?? 0) > 0);
  for (const window of facts.subject.windows) {
    const own = held.filter((group) => group.window === window.id);
    const replicas = countOf(own, id);
    const rate = decision.load[window.id]?.requestRate ?? 0;
    const fixed = service.performance.source === 'fixed' ? service.performance.replicas : 0;
    const needed = Math.max(
      service.replicas.min,
      fixed,
      rate > 0 ? Math.ceil(rate / decision.shape.ratePerReplica - 1e-9) : 0,
    );
    checks.push(
      atMost(`demand/${id}/${window.id}`, needed, replicas, 'replicas'),
      ...bounded(atMost(`replicas/${id}/${window.id}`, replicas, service.replicas.max, 'replicas')),
      atMost(`survival/${id}/${window.id}`, needed, replicas - worstLoss(facts, service, own), 'replicas'),
      ...checkRules(facts, { service, own, window: window.id, replicas }),
    );
  }
  const { achieved } = decision.availability;
  checks.push(atMost(`availability/${id}`, slo.availability, achieved, 'share of time'));
  return checks;
}

/** A check, unless nothing is limited. */
function bounded(check: ConstraintCheck): readonly ConstraintCheck[] {
  return Number.isFinite(check.limit) ? [check] : [];
}

function countOf(groups: readonly PackedNodes[], service: string): number {
  return groups.reduce((sum, group) => sum + group.nodes * (group.pods[service] ?? 0), 0);
}

/** The most replicas that what the service tolerates can take at once. */
function worstLoss(facts: Facts, service: ServiceWorkload, own: readonly PackedNodes[]): number {
  const { tolerates } = service.slo;
  if (tolerates === 'nothing') return 0;
  const oneNode = Math.max(0, ...own.map((group) => group.pods[service.id] ?? 0));
  if (tolerates === 'node') return oneNode;
  const together = Map.groupBy(own, (group) => {
    const offering = facts.offerings.get(group.offering);
    if (tolerates === 'zone') return offering?.zone ?? '';
    return offering?.capacityType === 'spot' ? offering.correlationGroup : '';
  });
  const lost = [...together].map(([key, groups]) => (key === '' ? 0 : countOf(groups, service.id)));
  return Math.max(oneNode, ...lost);
}

function checkRules(
  facts: Facts,
  place: {
    readonly service: ServiceWorkload;
    readonly own: readonly PackedNodes[];
    readonly window: string;
    readonly replicas: number;
  },
): readonly ConstraintCheck[] {
  const { service, own, window, replicas } = place;
  const { scheduling, id } = service;
  const offeringOf = (group: PackedNodes): Offering | undefined => facts.offerings.get(group.offering);
  const onSpot = countOf(
    own.filter((group) => offeringOf(group)?.capacityType === 'spot'),
    id,
  );
  const together = own.filter((group) => scheduling.apartFrom.some((other) => (group.pods[other] ?? 0) > 0));
  const foreign = own.filter((group) => {
    const offering = offeringOf(group);
    const isElsewhere = service.pools.length > 0 && !service.pools.includes(offering?.pool ?? '');
    return (
      offering === undefined ||
      isElsewhere ||
      !scheduling.architectures.includes(offering.instanceType.cpuArchitecture)
    );
  });
  const perNode = Math.max(0, ...own.map((group) => group.pods[id] ?? 0));
  return [
    atMost(`spot-share/${id}/${window}`, onSpot, service.maxSpotShare * replicas, 'replicas'),
    ...bounded(atMost(`per-node/${id}/${window}`, perNode, scheduling.maxPerNode, 'replicas')),
    atMost(`apart/${id}/${window}`, together.length, 0, 'nodes'),
    atMost(`placement/${id}/${window}`, foreign.length, 0, 'nodes'),
    ...zoneSkew(facts, service, own).map((skew) =>
      atMost(`zone-spread/${id}/${window}`, skew, scheduling.zoneSkew, 'replicas'),
    ),
  ];
}

/** Largest difference of base replicas between two zones in which the service may run on base capacity; none where there is one zone. */
function zoneSkew(facts: Facts, service: ServiceWorkload, own: readonly PackedNodes[]): readonly number[] {
  const base = own.filter((group) => facts.offerings.get(group.offering)?.capacityType !== 'spot');
  if (!Number.isFinite(service.scheduling.zoneSkew) || base.length === 0) return [];
  const zones = Map.groupBy(base, (group) => facts.offerings.get(group.offering)?.zone ?? '');
  const counts = [...zones.values()].map((groups) => countOf(groups, service.id));
  return counts.length < 2 ? [] : [Math.max(...counts) - Math.min(...counts)];
}
