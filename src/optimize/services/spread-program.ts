import type { ServiceShape } from '../../model/index.ts';
import { ProgramBuilder, solveTrusted } from '../solvers/index.ts';
import type { SolverAdapter, Term } from '../solvers/index.ts';
import { RESOURCES } from './compartments.ts';
import type { Compartment } from './compartments.ts';
import type { Spread } from './resilience.ts';
import { requestOf } from './service-fleet.ts';
import type { ServiceFleet } from './service-fleet.ts';

/** One way to run a service in a window: a size of replica and a spread, and what it takes of every compartment. */
export interface SpreadColumn {
  readonly service: number;
  readonly shape: ServiceShape;
  readonly spread: Spread;
  /** Pods by compartment. */
  readonly pods: readonly (readonly [compartment: number, pods: number])[];
  /** Nodes that keep its replicas apart in each cell, and what a further small one costs there above the replica on it. */
  readonly apart: readonly { readonly cell: number; readonly nodes: number; readonly nodePrice: number }[];
  /** Price of a replica in each of its cells when the column was made. */
  readonly prices: ReadonlyMap<number, number>;
  /** What it costs that nodes come and go for it; micro-dollars per hour, counted where nodes are settled. */
  readonly moving: number;
  /** Equal for equal columns. */
  readonly key: string;
}

/** What is settled before the program is solved: offerings not to be bought, and how many nodes each cell has anyhow. */
export interface SettledNodes {
  readonly banned: ReadonlySet<number>;
  readonly nodesAtHand?: ReadonlyMap<number, number>;
}

/** An optimum of the program: money in micro-dollars per hour. */
export interface SpreadOptimum {
  readonly cost: number;
  /** How much of each column is used, 0..1. */
  readonly uses: ReadonlyMap<SpreadColumn, number>;
  /** Nodes of each offering, in parts. */
  readonly nodes: ReadonlyMap<number, number>;
  /** Price of a unit of each compartment's resources, `compartment · RESOURCES + r`. */
  readonly duals: Float64Array;
}

/** The program counts in dollars, cores, gibibytes and pods, so that its numbers are of like size. */
const MONEY = 1e6;
const UNITS: readonly number[] = [1000, 2 ** 30, 1];

/** Wall-clock limit of one program (assumed; a fleet of 1,000 services takes some tenths of a second). */
const PROGRAM_SECONDS = 60;

/**
 * The linear program over columns: every service uses one column's worth, and in every compartment the nodes bought hold what the columns take of
 * each resource. Undefined where the solver gives no optimum with prices.
 */
export async function solveSpreads(
  fleet: ServiceFleet,
  facts: {
    readonly compartments: readonly Compartment[];
    readonly columns: readonly SpreadColumn[];
    readonly settled: SettledNodes;
  },
  solvers: readonly SolverAdapter[],
): Promise<SpreadOptimum | undefined> {
  const { compartments, columns, settled } = facts;
  const builder = new ProgramBuilder('spreads');
  const amount = (name: string, cost: number): number =>
    builder.column({ name, cost: cost / MONEY, lower: 0, upper: Infinity, isInteger: false });
  const rows: Term[][] = Array.from({ length: compartments.length * RESOURCES }, () => []);
  const nodes = new Map<number, number>();
  compartments.forEach(({ offerings }, k) => {
    for (const offering of offerings) {
      if (settled.banned.has(offering)) continue;
      const column = amount(`nodes-${offering}`, fleet.offerings[offering]?.price ?? 0);
      nodes.set(offering, column);
      const capacity = fleet.capacities[offering] ?? [];
      UNITS.forEach((unit, r) => rows[k * RESOURCES + r]?.push([column, (capacity[r] ?? 0) / unit]));
    }
  });
  const byService: Term[][] = fleet.services.map(() => []);
  const places = columns.map((column, index) => {
    const place = amount(`spread-${index}`, apartCost(column, settled.nodesAtHand));
    byService[column.service]?.push([place, 1]);
    const request = requestOf(column.shape);
    for (const [k, pods] of column.pods) {
      UNITS.forEach((unit, r) => rows[k * RESOURCES + r]?.push([place, (-pods * (request[r] ?? 0)) / unit]));
    }
    return place;
  });
  rows.forEach((terms, at) => builder.row(`room-${at}`, { lower: 0 }, terms));
  byService.forEach((terms, service) => builder.row(`service-${service}`, { lower: 1, upper: 1 }, terms));
  const limits = { nodes: 1, seconds: PROGRAM_SECONDS, relativeGap: 0 };
  const answer = await solveTrusted(builder.build(), limits, solvers);
  if (answer.status !== 'optimal' || answer.duals === undefined) return undefined;
  const { values, duals } = answer;
  return {
    cost: answer.objective * MONEY,
    uses: new Map(columns.map((column, index) => [column, values[places[index] ?? -1] ?? 0])),
    nodes: new Map([...nodes].map(([offering, column]) => [offering, values[column] ?? 0])),
    duals: Float64Array.from(rows, (_, at) =>
      Math.max(0, ((duals[at] ?? 0) * MONEY) / (UNITS[at % RESOURCES] ?? 1)),
    ),
  };
}

/** Price of the nodes that a column needs above those at hand, and of their coming and going; 0 while nothing is known of nodes. */
function apartCost(
  { apart, moving }: SpreadColumn,
  nodesAtHand: ReadonlyMap<number, number> | undefined,
): number {
  if (nodesAtHand === undefined) return 0;
  return apart.reduce(
    (sum, { cell, nodes, nodePrice }) =>
      sum + Math.max(0, nodes - (nodesAtHand.get(cell) ?? Infinity)) * nodePrice,
    moving,
  );
}
