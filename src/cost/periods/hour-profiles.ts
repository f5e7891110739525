import type { Decision, NodeAllocation, Offering, PlanDocument } from '../../model/index.ts';
import { HOURS_PER_MONTH, HOURS_PER_WEEK } from '../../units/index.ts';
import { monthlyHours, occupancyOf } from '../occupancy.ts';
import type { SharedNodes } from '../occupancy.ts';

/** Nodes in use at each hour of the week, 168 values, Monday 00:00 UTC first. */
export type HourProfile = Float64Array;

/** What profiles are made from. */
export type ProfiledPlan = Pick<PlanDocument, 'offerings' | 'decision' | 'cost'>;

/**
 * How many nodes each line of a plan's bill stands for at each hour of the week, by the line's id. The mean over the week times 730 h is the line's node
 * hours. Hours of nodes that come and go are spread over the hours in which the offering has nodes.
 */
export function hourProfiles(plan: ProfiledPlan): ReadonlyMap<string, HourProfile> {
  const nodes = Map.groupBy(plan.decision.nodes, ({ offering }) => offering);
  const offerings = new Map(plan.offerings.map((offering) => [offering.id, offering]));
  const raw = new Map<string, HourProfile>();
  for (const [id, own] of nodes) {
    const offering = offerings.get(id);
    if (offering !== undefined) addOffering(raw, { plan, nodes: own, offering });
  }
  return new Map(
    plan.cost.lineItems.map(({ id, nodeHours }) => [
      id,
      scaled(raw.get(id) ?? raw.get(offeringOf(id)), nodeHours),
    ]),
  );
}

/** A line's id without its workload: the offering. */
function offeringOf(lineId: string): string {
  return lineId.slice(0, lineId.lastIndexOf('/'));
}

/** Adds the profile of an offering and of every workload on it. */
function addOffering(
  profiles: Map<string, HourProfile>,
  { plan, nodes, offering }: { plan: ProfiledPlan; nodes: readonly NodeAllocation[]; offering: Offering },
): void {
  const { decision } = plan;
  const shared: SharedNodes = {
    packing: (decision.packing ?? []).filter((group) => group.offering === offering.id),
    sizes: new Map(decision.services?.map((item) => [item.workload, item.shape.resources])),
  };
  const all = profileAt(profiles, offering.id);
  for (const window of decision.windows) {
    const only: Decision = { ...decision, windows: [window] };
    const counts = { [window.id]: nodes.reduce((sum, item) => sum + (item.nodes[window.id] ?? 0), 0) };
    const { changes: _changes, ...first } = { changes: undefined, ...nodes[0]! };
    const { shares } = occupancyOf(only, { ...first, nodes: counts }, offering, shared);
    const hours = monthlyHours(window);
    for (const { workload, nodeHours } of shares) {
      const own = profileAt(profiles, `${offering.id}/${workload}`);
      for (const hour of window.hours) own[hour] = (own[hour] ?? 0) + nodeHours / hours;
    }
    for (const hour of window.hours) all[hour] = (all[hour] ?? 0) + (counts[window.id] ?? 0);
  }
}

function profileAt(profiles: Map<string, HourProfile>, id: string): HourProfile {
  const known = profiles.get(id) ?? new Float64Array(HOURS_PER_WEEK);
  profiles.set(id, known);
  return known;
}

/** The profile with the mean that makes up the line's node hours of a month; even where nothing tells its shape. */
function scaled(profile: HourProfile | undefined, nodeHours: number): HourProfile {
  const mean = nodeHours / HOURS_PER_MONTH;
  const sum = profile?.reduce((total, value) => total + value, 0) ?? 0;
  if (profile === undefined || sum <= 0) return new Float64Array(HOURS_PER_WEEK).fill(mean);
  return profile.map((value) => (value * mean * HOURS_PER_WEEK) / sum);
}
