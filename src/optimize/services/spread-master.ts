import type { ServiceShape } from '../../model/index.ts';
import type { SolverAdapter } from '../solvers/index.ts';
import { CellPrices } from './cell-prices.ts';
import type { PricedFleet } from './cell-prices.ts';
import { Compartments } from './compartments.ts';
import type { PlacedOffer } from './compartments.ts';
import { nestedSpread } from './nested-spread.ts';
import { cheapestSpread, leastSpreadCost } from './resilience.ts';
import type { Spread, SpreadRules } from './resilience.ts';
import { replicasFor } from './service-fleet.ts';
import type { ServiceFleet } from './service-fleet.ts';
import { solveSpreads } from './spread-program.ts';
import type { SettledNodes, SpreadColumn, SpreadOptimum } from './spread-program.ts';
import { rulesOf } from './spread-rules.ts';
import type { Steady } from './steady.ts';

/** Which window, and with which sizes of replica; without them every size may be chosen. */
export interface MasterTask {
  readonly window: number;
  readonly shapes?: readonly ServiceShape[];
  /** Most rounds of pricing before nodes are made whole. */
  readonly rounds: number;
  readonly isPast: () => boolean;
  /** What the window should be like; absent where it stands alone. */
  readonly steady?: Steady;
}

/** Spreads of all services that together fill the cells evenly. */
export interface MasterAnswer {
  readonly needed: readonly number[];
  readonly spreads: readonly Spread[];
  readonly shapes: readonly ServiceShape[];
  /** No plan of the window costs less, whatever sizes and spreads; micro-dollars per hour. */
  readonly bound: number;
}

/**
 * Share of the best prices of a window so far in those that columns are made for (Wentges 1997). *Assumed*: of the values tried, the one that took fewest
 * rounds.
 */
const SMOOTHING = 0.6;
/** Stop when the program is within this share of the bound (assumed: far below what whole nodes cost). */
const CONVERGED = 0.002;
/** Offerings of which a cell's load does not fill so much of one node are given up, step by step (assumed). */
const LEAST_NODES: readonly number[] = [0.3, 0.6, 0.9, 0.9, 0.9];
/** Rounds of pricing after each step (assumed: the third finds little more). */
const ROUNDS_PER_STEP = 3;

/**
 * Chooses a spread for every service of a large fleet so that their pods together use up what nodes offer. A linear program over (service, spread)
 * columns (`solveSpreads`), by column generation: its prices tell which spreads are worth adding (`cheapestSpread`). At any prices
 * at which no node is worth more than it costs, the least cost of all services is a bound (`leastSpreadCost`). At the optimum nearly all
 * services use one column, as few rows join them; the others take the one used most.
 */
export class SpreadMaster {
  readonly #fleet: ServiceFleet;
  readonly #priced: PricedFleet;
  readonly #solvers: readonly SolverAdapter[];
  readonly #compartments: Compartments;
  /** Prices of the best bound so far: micro-dollars per hour and unit, `compartment · RESOURCES + r`. */
  #prices: Float64Array;
  /** How nodes were made whole in the window before: the start where time is short. */
  #last: WholeNodes | undefined;

  constructor(fleet: ServiceFleet, priced: PricedFleet, solvers: readonly SolverAdapter[]) {
    this.#fleet = fleet;
    this.#priced = priced;
    this.#solvers = solvers;
    this.#compartments = new Compartments(fleet, priced.prices);
    this.#prices = this.#compartments.pricesFrom((offering) => priced.prices.unitsOf(offering));
  }

  /** The fleet at the prices of the best bound so far, which bounds every window. */
  get priced(): PricedFleet {
    const units = this.#compartments.unitsByOffering(this.#prices);
    return { ...this.#priced, prices: new CellPrices(this.#fleet, units, false) };
  }

  /** Prices the fleet by a window, whatever sizes of replica it takes. */
  async learn(task: MasterTask): Promise<void> {
    await this.#converge(task, new Map<string, SpreadColumn>());
  }

  /** Spreads for one window; undefined where some service has none or the program stays unsolved. */
  async choose(task: MasterTask): Promise<MasterAnswer | undefined> {
    const columns = new Map<string, SpreadColumn>();
    if (this.#last !== undefined) add(columns, this.#price(task, this.#pricesAfter(this.#last)).columns);
    const { optimum, bound } = await this.#converge(task, columns);
    if (optimum === undefined) return undefined;
    add(columns, this.#likeBefore(task));
    for (const [key, column] of columns)
      columns.set(key, { ...column, moving: movingOf(column, task.steady) });
    const whole =
      task.isPast() && this.#last !== undefined
        ? ((await this.#solve(columns, this.#last)) ?? optimum)
        : await this.#fillNodes(task, columns, optimum);
    return this.#rounded(task, whole, bound);
  }

  /** Prices of a program in which some offerings are not to be bought. */
  #pricesAfter({ duals, ...settled }: WholeNodes): PricedAt {
    return { ...settled, prices: this.#compartments.tightWithout(settled.banned, duals, this.#prices) };
  }

  /** Column generation until the program is near the bound, no column is new, or rounds or time are over. */
  async #converge(
    task: MasterTask,
    columns: Map<string, SpreadColumn>,
  ): Promise<{ readonly optimum: SpreadOptimum | undefined; readonly bound: number }> {
    const first = this.#price(task, { prices: this.#prices });
    let { bound } = first;
    // The best prices are often a poor place to look for columns from: smoothing starts anew.
    let center = { prices: this.#prices, bound: 0 };
    add(columns, first.columns);
    let optimum: SpreadOptimum | undefined;
    for (let round = 1; round <= task.rounds; round++) {
      const solved = await this.#solve(columns, { banned: new Set() });
      if (solved === undefined) break;
      optimum = solved;
      if (task.isPast() || solved.cost - bound <= CONVERGED * solved.cost) break;
      const prices = this.#compartments.tight(solved.duals, this.#prices);
      const mixed = center.prices.map(
        (price, at) => SMOOTHING * price + (1 - SMOOTHING) * (prices[at] ?? price),
      );
      const priced = this.#price(task, { prices: mixed });
      if (priced.bound > center.bound) center = { prices: mixed, bound: priced.bound };
      if (priced.bound > bound) {
        bound = priced.bound;
        this.#prices = mixed;
      }
      if (add(columns, priced.columns) > 0) continue;
      if (add(columns, this.#price(task, { prices }).columns) === 0) break;
    }
    return { optimum, bound };
  }

  /**
   * Makes nodes whole as far as prices can say it: offerings of which a cell's load does not fill one node are not to be bought, so that smaller
   * nodes, at their price, or other cells take the load; cells of spot capacity without load are closed. Gives the last optimum.
   */
  async #fillNodes(
    task: MasterTask,
    columns: Map<string, SpreadColumn>,
    start: SpreadOptimum,
  ): Promise<SpreadOptimum> {
    let optimum = start;
    const banned = new Set<number>();
    for (const [step, least] of LEAST_NODES.entries()) {
      if (task.isPast()) break;
      const bought = this.#boughtIn(optimum);
      const before = banned.size;
      this.#fleet.cells.forEach((cell, index) => {
        const value = bought.get(index)?.value ?? 0;
        for (const offering of cell.offerings) {
          const price = this.#fleet.offerings[offering]?.price ?? 0;
          if ((value > 0 || cell.kind === 'spot') && value < least * price) banned.add(offering);
        }
      });
      if (banned.size === before && step > 0) continue;
      const nodesAtHand =
        step === 0 ? {} : { nodesAtHand: new Map([...bought].map(([cell, { count }]) => [cell, count])) };
      const settled: SettledNodes = { banned: new Set(banned), ...nodesAtHand };
      for (let round = 0; round < ROUNDS_PER_STEP; round++) {
        const at = this.#pricesAfter({ ...settled, duals: optimum.duals });
        const added = add(columns, this.#price(task, at).columns);
        if (round > 0 && added === 0) break;
        const solved = await this.#solve(columns, settled);
        if (solved === undefined) return optimum;
        optimum = solved;
        this.#last = { ...settled, duals: solved.duals };
      }
    }
    return optimum;
  }

  async #solve(
    columns: ReadonlyMap<string, SpreadColumn>,
    settled: SettledNodes,
  ): Promise<SpreadOptimum | undefined> {
    const facts = { compartments: this.#compartments.list, columns: [...columns.values()], settled };
    return solveSpreads(this.#fleet, facts, this.#solvers);
  }

  /** Nodes that the optimum buys in each cell, rounded up, and their price. */
  #boughtIn({
    nodes,
  }: SpreadOptimum): ReadonlyMap<number, { readonly count: number; readonly value: number }> {
    return new Map(
      this.#fleet.cells.map((cell, index) => {
        let count = 0;
        let value = 0;
        for (const offering of cell.offerings) {
          count += nodes.get(offering) ?? 0;
          value += (nodes.get(offering) ?? 0) * (this.#fleet.offerings[offering]?.price ?? 0);
        }
        return [index, { count: Math.max(1, Math.ceil(count)), value }];
      }),
    );
  }

  /** The spreads of the nearest window, with as many replicas as this one needs. */
  #likeBefore({ window, steady, shapes }: MasterTask): readonly SpreadColumn[] {
    if (steady === undefined || shapes === undefined) return [];
    return this.#fleet.services.flatMap((service, index): readonly SpreadColumn[] => {
      const shape = shapes[index];
      const known = steady.spreads[index];
      if (shape === undefined || known === undefined) return [];
      const needed = replicasFor(service.workload, shape, service.rates[window] ?? 0);
      const offers = this.#compartments.offersAt(index, shape, { prices: this.#prices });
      const rules = rulesOf(service, { needed, index, priced: this.#priced });
      const { zoneSkew } = service.workload.scheduling;
      const spread = nestedSpread({ before: new Map(known.replicas), offers, rules, zoneSkew });
      return spread === undefined ? [] : [columnFrom(spread, { service: index, shape, offers })];
    });
  }

  /** The bound at the prices, and for every service its cheapest column. */
  #price(
    task: MasterTask,
    at: PricedAt,
  ): { readonly bound: number; readonly columns: readonly SpreadColumn[] } {
    let bound = 0;
    const columns: SpreadColumn[] = [];
    this.#fleet.services.forEach((service, index) => {
      let least = Infinity;
      let best: SpreadColumn | undefined;
      for (const shape of service.shapes) {
        const needed = replicasFor(service.workload, shape, service.rates[task.window] ?? 0);
        if (!Number.isFinite(needed)) continue;
        const offers = this.#compartments.offersAt(index, shape, at);
        const own = rulesOf(service, { needed, index, priced: this.#priced });
        const rules = at.nodesAtHand === undefined ? own : { ...own, nodesAtHand: Infinity };
        least = Math.min(least, leastSpreadCost(offers, rules));
        if (task.shapes !== undefined && task.shapes[index] !== shape) continue;
        const column = columnOf({ service: index, shape, offers, rules }, task.steady);
        if (column !== undefined && column.spread.rank < (best?.spread.rank ?? Infinity)) best = column;
      }
      bound += least;
      if (best !== undefined) columns.push(best);
    });
    return { bound, columns };
  }

  #rounded(task: MasterTask, { uses }: SpreadOptimum, bound: number): MasterAnswer | undefined {
    const most = new Map<number, SpreadColumn>();
    for (const [column, use] of uses) {
      const known = most.get(column.service);
      if (known === undefined || use > (uses.get(known) ?? 0)) most.set(column.service, column);
    }
    const chosen = this.#fleet.services.flatMap((_, service) => most.get(service) ?? []);
    if (chosen.length < this.#fleet.services.length) return undefined;
    return {
      needed: this.#fleet.services.map(({ workload, rates }, index) => {
        const shape = chosen[index]?.shape;
        return shape === undefined ? 0 : replicasFor(workload, shape, rates[task.window] ?? 0);
      }),
      spreads: chosen.map(({ spread }) => spread),
      shapes: chosen.map(({ shape }) => shape),
      bound,
    };
  }
}

/** Prices that columns are made for, and how many nodes each cell has anyhow. */
interface PricedAt {
  readonly prices: Float64Array;
  readonly nodesAtHand?: ReadonlyMap<number, number>;
}

/** What was settled, and the prices of the program's rows then. */
interface WholeNodes extends SettledNodes {
  readonly duals: Float64Array;
}

/** Adds columns that are new; says how many. */
function add(columns: Map<string, SpreadColumn>, found: readonly SpreadColumn[]): number {
  const before = columns.size;
  for (const column of found) if (!columns.has(column.key)) columns.set(column.key, column);
  return columns.size - before;
}

/** The cheapest spread at the offers as a column; undefined where no spread keeps the rules. */
function columnOf(
  facts: ColumnFacts & { readonly rules: SpreadRules },
  steady: Steady | undefined,
): SpreadColumn | undefined {
  const spread = cheapestSpread(facts.offers, facts.rules);
  if (spread === undefined) return undefined;
  const column = columnFrom(spread, facts);
  return { ...column, moving: movingOf(column, steady) };
}

/** What a column is about. */
interface ColumnFacts {
  readonly service: number;
  readonly shape: ServiceShape;
  readonly offers: readonly PlacedOffer[];
}

function columnFrom(spread: Spread, { service, shape, offers }: ColumnFacts): SpreadColumn {
  const offerOf = new Map(offers.map((offer) => [offer.cell, offer]));
  const pods = spread.replicas.map(([cell, count]): [number, number] => [
    offerOf.get(cell)?.compartment ?? -1,
    count,
  ]);
  const apart = spread.replicas.flatMap(([cell, count]) => {
    const offer = offerOf.get(cell);
    const nodes = Math.ceil(count / spread.maxPerNode);
    return nodes <= 1 || offer === undefined
      ? []
      : [{ cell, nodes, nodePrice: Math.max(0, offer.single - offer.price) }];
  });
  const key = `${service}/${shape.id}/${spread.maxPerNode}/${pods.join(';')}`;
  const prices = new Map(spread.replicas.map(([cell]) => [cell, offerOf.get(cell)?.price ?? 0]));
  return { service, shape, spread, pods, apart, prices, moving: 0, key };
}

/** What it costs that replicas are in other cells than in the nearest window: there nodes must come, and go where they were. */
function movingOf({ service, spread, prices }: SpreadColumn, steady: Steady | undefined): number {
  if (steady === undefined) return 0;
  const before = new Map(steady.spreads[service]?.replicas);
  return spread.replicas.reduce(
    (sum, [cell, count]) =>
      sum + 2 * steady.share * Math.max(0, count - (before.get(cell) ?? 0)) * (prices.get(cell) ?? 0),
    0,
  );
}
