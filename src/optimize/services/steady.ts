import { changeHours, windowChanges } from '../../cost/index.ts';
import type { ServiceShape } from '../../model/index.ts';
import type { WindowPlan } from './plan-services.ts';
import type { Spread } from './resilience.ts';
import type { ServiceFleet } from './service-fleet.ts';

/** What a window is kept like, so that nodes need not come and go with the hours. */
export interface Steady {
  /** Share of its price that a node costs more where the other windows do not have it, and less where they do. */
  readonly share: number;
  /** Nodes of each offering that the other windows have. */
  readonly nodes: ReadonlyMap<number, number>;
  /** Spreads of the nearest window, by service. */
  readonly spreads: readonly Spread[];
}

/** Weight of a window that never follows or precedes another one, against that of one change a week. */
const DISTANT = 0.1;
/** Largest share: dearer nodes would be kept for ever (assumed). */
const MOST_SHARE = 0.4;

/**
 * What a window should be like, from the windows planned before it, each counting by how often it follows or precedes this one; undefined where there is none or nothing
 * changes.
 */
export function steadyFrom(
  fleet: ServiceFleet,
  facts: {
    readonly window: number;
    readonly planned: readonly WindowPlan[];
    readonly shapes: readonly ServiceShape[];
  },
): Steady | undefined {
  const { window, planned, shapes } = facts;
  const changes = windowChanges(fleet.windows).filter(({ from, to }) => from === window || to === window);
  const hours = fleet.windows[window]?.hours.length ?? 0;
  const weights = planned.map((_, other) =>
    changes
      .filter(({ from, to }) => from === other || to === other)
      .reduce((sum, { perWeek }) => sum + perWeek, DISTANT),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const nearest = planned[weights.lastIndexOf(Math.max(...weights))];
  if (nearest === undefined || changes.length === 0 || hours === 0) return undefined;
  const means = new Map<number, number>();
  planned.forEach(({ filled }, other) => {
    for (const { node, count } of filled)
      means.set(node, (means.get(node) ?? 0) + (count * (weights[other] ?? 0)) / total);
  });
  const visits = changes.filter(({ to }) => to === window).reduce((sum, { perWeek }) => sum + perWeek, 0);
  const startup =
    Math.min(...fleet.offerings.map(({ nodeStartup }) => nodeStartup)) +
    Math.max(0, ...shapes.map((shape) => shape.startup));
  return {
    share: Math.min(MOST_SHARE, (changeHours(startup) * visits) / hours),
    nodes: new Map([...means].map(([node, mean]): [number, number] => [node, Math.round(mean)])),
    spreads: nearest.spreads,
  };
}
