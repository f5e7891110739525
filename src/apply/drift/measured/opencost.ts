import { WORKLOAD_LABEL } from '../../../synth/index.ts';
import { isPlain, plainItems, plainOf, textFields, valueAt } from '../live/plain.ts';
import type { PlainObject } from '../live/plain.ts';
import type { PlannedWorkload } from './planned-workload.ts';

/** What a workload, or something beside the workloads, cost over the hours of an export. */
export interface MeasuredCost {
  /** US dollars. */
  readonly cost: number;
  readonly acceleratorHours: number;
  /** Core hours: of each pod the larger of request and use. */
  readonly coreHours: number;
}

/** An export of OpenCost's allocations, by workload of the plan. */
export interface OpenCostReport {
  /** Hours that it covers. */
  readonly hours: number;
  readonly workloads: ReadonlyMap<string, MeasuredCost>;
  /** Of nodes that no pod asked for; undefined where the export leaves it out. */
  readonly idle?: MeasuredCost;
  /** Of everything else, which is not the plan's. */
  readonly others: MeasuredCost;
}

const NOTHING: MeasuredCost = { cost: 0, acceleratorHours: 0, coreHours: 0 };
/** How OpenCost names what is not of a pod (opencost.io, Allocation API, read 2026-11). */
const IDLE = '__idle__';

/**
 * Reads the answer of `/allocation`: sets of allocations by name, one per step of the window (opencost.io, API, read 2026-11).
 * Undefined when the value has another layout or covers no time.
 */
export function readOpenCost(
  value: unknown,
  planned: readonly PlannedWorkload[],
): OpenCostReport | undefined {
  const sets = setsOf(value);
  if (sets === undefined) return undefined;
  const hours = sets.reduce((sum, set) => sum + hoursOfSet(set), 0);
  if (hours <= 0) return undefined;
  const workloads = new Map<string, MeasuredCost>();
  let idle: MeasuredCost | undefined;
  let others = NOTHING;
  for (const allocation of sets.flat()) {
    const cost = costOf(allocation);
    const name = textFields(allocation)['name'] ?? '';
    const workload = workloadOf(allocation, name, planned);
    if (name.endsWith(IDLE)) idle = plus(idle ?? NOTHING, cost);
    else if (workload === undefined) others = plus(others, cost);
    else workloads.set(workload, plus(workloads.get(workload) ?? NOTHING, cost));
  }
  return { hours, workloads, others, ...(idle === undefined ? {} : { idle }) };
}

/** The sets of an answer, each as its allocations with their names. */
function setsOf(value: unknown): readonly (readonly PlainObject[])[] | undefined {
  const data = isPlain(value) ? (valueAt(value, 'data', 'sets') ?? value['data']) : value;
  if (!Array.isArray(data) || data.length === 0 || !data.every((set) => isPlain(set) || set === null)) {
    return undefined;
  }
  const sets = plainItems(data).map((set) => {
    const allocations = plainOf(set['allocations'] ?? set);
    return Object.entries(allocations).flatMap(([name, item]) => (isPlain(item) ? [{ name, ...item }] : []));
  });
  return sets.some((set) => set.some((item) => typeof valueAt(item, 'totalCost') === 'number'))
    ? sets
    : undefined;
}

/** Hours of one set: from its own window, else the longest life of an allocation in it. */
function hoursOfSet(set: readonly PlainObject[]): number {
  const spans = set.map((allocation) => {
    const { start, end } = textFields(allocation['window']);
    const span = (Date.parse(end ?? '') - Date.parse(start ?? '')) / 3_600_000;
    return Number.isFinite(span) ? span : amount(allocation, 'minutes') / 60;
  });
  return Math.max(0, ...spans);
}

function costOf(allocation: PlainObject): MeasuredCost {
  return {
    cost: amount(allocation, 'totalCost'),
    acceleratorHours: amount(allocation, 'gpuHours'),
    coreHours: amount(allocation, 'cpuCoreHours'),
  };
}

function amount(allocation: PlainObject, field: string): number {
  const value = allocation[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** The workload an allocation belongs to: by our label, else by pod, else by controller, else by a name it was aggregated under. */
function workloadOf(
  allocation: PlainObject,
  name: string,
  planned: readonly PlannedWorkload[],
): string | undefined {
  const properties = plainOf(allocation['properties']);
  const { namespace, pod, controller } = textFields(properties);
  const labels = textFields(properties['labels']);
  const label = labels[WORKLOAD_LABEL] ?? labels[WORKLOAD_LABEL.replaceAll(/[^a-zA-Z0-9]/g, '_')];
  const found = planned.find(({ workload, podSets }) => {
    const own = podSets.filter((item) => namespace === undefined || item.namespace === namespace);
    if (own.length === 0) return false;
    if (label !== undefined) return label === workload;
    if (pod !== undefined) return own.some(({ pods }) => new RegExp(`^(?:${pods})$`).test(pod));
    if (controller !== undefined) return own.some((item) => item.name === controller);
    return name === workload;
  });
  return found?.workload;
}

function plus(a: MeasuredCost, b: MeasuredCost): MeasuredCost {
  return {
    cost: a.cost + b.cost,
    acceleratorHours: a.acceleratorHours + b.acceleratorHours,
    coreHours: a.coreHours + b.coreHours,
  };
}
