import type { ServiceShape } from '../../model/index.ts';
import { replicasFor, requestOf } from './service-fleet.ts';
import type { ServiceFleet } from './service-fleet.ts';

/** Services that may use each offering, ascending. */
export function takersOf(fleet: ServiceFleet): readonly ReadonlySet<number>[] {
  const takers = fleet.offerings.map(() => new Set<number>());
  fleet.allowed.forEach((list, service) => list.forEach((offering) => takers[offering]?.add(service)));
  return takers;
}

/** Offerings of each cell that no other of the cell beats: at least as large for no more money, open to the same services. */
export function worthwhileOfferings(fleet: ServiceFleet): readonly number[] {
  const takers = takersOf(fleet);
  const limited = new Set(fleet.quotas.flatMap((quota) => quota.nodes));
  const priceOf = (offering: number): number => fleet.offerings[offering]?.price ?? 0;
  return fleet.cells
    .flatMap((cell) => {
      const order = cell.offerings
        .filter((offering) => (takers[offering]?.size ?? 0) > 0)
        .sort((a, b) => priceOf(a) - priceOf(b) || a - b);
      return order.filter(
        (offering, at) =>
          !order.slice(0, at).some((rival) => {
            if (limited.has(rival) && !limited.has(offering)) return false;
            const holds = (fleet.capacities[offering] ?? []).every(
              (amount, r) => (fleet.capacities[rival]?.[r] ?? 0) >= amount,
            );
            return (
              holds && [...(takers[offering] ?? [])].every((service) => takers[rival]?.has(service) === true)
            );
          }),
      );
    })
    .sort((a, b) => a - b);
}

/** Spot cells looked at first, and offerings of each cell (assumed: enough for near the best plan of a few services). */
const LIKELY_CELLS = 8;
const LIKELY_PER_CELL = 3;

/**
 * Of each base cell and of the spot cells that would hold all pods cheapest: the offering that holds all pods cheapest in parts, the cheapest
 * that holds one pod of every service, and the cheapest that holds the largest pod.
 */
export function likelyOfferings(
  fleet: ServiceFleet,
  request: { readonly window: number; readonly shapes: readonly ServiceShape[] },
  every: readonly number[],
): readonly number[] {
  const requests = request.shapes.map((shape) => requestOf(shape));
  const counts = fleet.services.map((service, index) => {
    const shape = request.shapes[index];
    const needed =
      shape === undefined ? 0 : replicasFor(service.workload, shape, service.rates[request.window] ?? 0);
    return Number.isFinite(needed) ? needed : 0;
  });
  const sumOf = (weights: readonly number[]): readonly number[] =>
    [0, 1, 2].map((r) =>
      requests.reduce((sum, amounts, s) => sum + (weights[s] ?? 0) * (amounts[r] ?? 0), 0),
    );
  const total = sumOf(counts);
  const oneEach = sumOf(counts.map(() => 1));
  const largest = [0, 1, 2].map((r) => Math.max(...requests.map((amounts) => amounts[r] ?? 0)));
  const priceOf = (offering: number): number => fleet.offerings[offering]?.price ?? 0;
  const nodesFor = (offering: number): number =>
    Math.max(...total.map((amount, r) => amount / Math.max(fleet.capacities[offering]?.[r] ?? 0, 1e-9)));
  const kept = new Set(every);
  const picksOf = (own: readonly number[]): { readonly value: number; readonly picks: readonly number[] } => {
    const byValue = own.toSorted((a, b) => nodesFor(a) * priceOf(a) - nodesFor(b) * priceOf(b) || a - b);
    const byPrice = own.toSorted((a, b) => priceOf(a) - priceOf(b) || a - b);
    const holding = (amounts: readonly number[]): number | undefined =>
      byPrice.find((offering) =>
        amounts.every((amount, r) => amount <= (fleet.capacities[offering]?.[r] ?? 0)),
      );
    const picks = [holding(largest), holding(oneEach), ...byValue].filter(
      (offering) => offering !== undefined,
    );
    const value = Math.min(...own.map((offering) => nodesFor(offering) * priceOf(offering)));
    return { value, picks: [...new Set(picks)].slice(0, LIKELY_PER_CELL) };
  };
  const bestOf = (found: readonly ReturnType<typeof picksOf>[]): ReturnType<typeof picksOf> => ({
    value: Math.min(Infinity, ...found.map(({ value }) => value)),
    picks: found.flatMap(({ picks }) => picks),
  });
  const takers = takersOf(fleet);
  const ranked = fleet.cells.map((cell) => {
    const usable = cell.offerings.filter((offering) => kept.has(offering));
    const groups = [...Map.groupBy(usable, (offering) => [...(takers[offering] ?? [])].join()).values()];
    return { kind: cell.kind, ...bestOf(groups.map(picksOf)) };
  });
  const spot = ranked.filter(({ kind }) => kind === 'spot').sort((a, b) => a.value - b.value);
  const base = ranked.filter(({ kind }) => kind === 'base');
  return [...base, ...spot.slice(0, LIKELY_CELLS)].flatMap(({ picks }) => picks).sort((a, b) => a - b);
}
