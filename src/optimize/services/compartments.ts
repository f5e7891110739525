import type { ServiceShape } from '../../model/index.ts';
import type { CellPrices } from './cell-prices.ts';
import { takersOf, worthwhileOfferings } from './likely-offerings.ts';
import type { CellOffer } from './resilience.ts';
import { POD_RESOURCES, requestOf } from './service-fleet.ts';
import type { ServiceFleet } from './service-fleet.ts';

/** Offerings of one cell that the same services may use: to the fluid relaxation one pool of resources. */
export interface Compartment {
  readonly cell: number;
  /** Indices of offerings that no other of the cell beats, ascending. */
  readonly offerings: readonly number[];
}

/** A cell as a replica sees it, and the compartments there that hold it. */
interface Place {
  readonly offer: CellOffer;
  readonly compartments: readonly number[];
  /** Price of the cheapest node there that holds one replica, micro-dollars per hour. */
  readonly single: number;
}

/** Where a replica goes in a cell at given prices. */
export interface PlacedOffer extends CellOffer {
  readonly compartment: number;
  /** Price of the cheapest node there that holds one replica, micro-dollars per hour. */
  readonly single: number;
}

/** Resources of a compartment. */
export const RESOURCES = POD_RESOURCES.length;

/** The compartments of a fleet, and what replicas cost in them at prices of their resources. */
export class Compartments {
  readonly list: readonly Compartment[];
  readonly #fleet: ServiceFleet;
  readonly #prices: CellPrices;
  /** Compartment whose prices hold for an offering; of beaten offerings one of those that beat it. */
  readonly #ofOffering: Int32Array;
  /** Compartments that offer the same nodes at the same prices to the same services, in different cells. */
  readonly #twins: readonly (readonly number[])[];
  readonly #places: readonly Map<ServiceShape, readonly Place[]>[];

  constructor(fleet: ServiceFleet, prices: CellPrices) {
    this.#fleet = fleet;
    this.#prices = prices;
    this.#places = fleet.services.map(() => new Map<ServiceShape, readonly Place[]>());
    const takers = takersOf(fleet);
    const kept = new Set(worthwhileOfferings(fleet));
    const groups = new Map<string, { cell: number; offerings: number[] }>();
    fleet.cells.forEach(({ offerings }, cell) => {
      for (const offering of offerings) {
        if (!kept.has(offering)) continue;
        const key = `${cell}|${[...(takers[offering] ?? [])].join()}`;
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { cell, offerings: [offering] });
        else group.offerings.push(offering);
      }
    });
    this.list = [...groups.values()];
    const nodeKey = (offering: number): string =>
      `${fleet.offerings[offering]?.price ?? 0}:${(fleet.capacities[offering] ?? []).join()}`;
    this.#twins = [
      ...Map.groupBy(
        this.list.map((_, k) => k),
        (k) => {
          const { cell = 0, offerings = [] } = this.list[k] ?? {};
          const [first = 0] = offerings;
          const nodes = offerings.map(nodeKey).sort().join(' ');
          return `${fleet.cells[cell]?.kind ?? ''}|${[...(takers[first] ?? [])].join()}|${nodes}`;
        },
      ).values(),
    ];
    this.#ofOffering = new Int32Array(fleet.offerings.length).fill(-1);
    this.list.forEach(({ offerings }, index) => {
      for (const offering of offerings) this.#ofOffering[offering] = index;
    });
    fleet.cells.forEach(({ offerings }, cell) => {
      for (const offering of offerings.filter((one) => !kept.has(one))) {
        this.#ofOffering[offering] = this.#rivalOf(offering, { cell, takers });
      }
    });
  }

  /** The compartment of a kept offering that is at least as large for no more money and open to all that may use the beaten one. */
  #rivalOf(
    offering: number,
    { cell, takers }: { readonly cell: number; readonly takers: readonly ReadonlySet<number>[] },
  ): number {
    const { capacities, offerings } = this.#fleet;
    return this.list.findIndex(
      (compartment) =>
        compartment.cell === cell &&
        compartment.offerings.some(
          (rival) =>
            (offerings[rival]?.price ?? 0) <= (offerings[offering]?.price ?? 0) &&
            (capacities[offering] ?? []).every((amount, r) => (capacities[rival]?.[r] ?? 0) >= amount) &&
            [...(takers[offering] ?? [])].every((service) => takers[rival]?.has(service) === true),
        ),
    );
  }

  /** Unit prices by offering from unit prices by compartment (`compartment · RESOURCES + r`). */
  unitsByOffering(prices: Float64Array): readonly Float64Array[] {
    return Array.from(this.#ofOffering, (compartment) =>
      compartment < 0
        ? new Float64Array(RESOURCES)
        : prices.slice(compartment * RESOURCES, (compartment + 1) * RESOURCES),
    );
  }

  /** Prices by compartment in the proportions of given unit prices by offering, as high as its nodes allow. */
  pricesFrom(units: (offering: number) => Float64Array | undefined): Float64Array {
    const prices = new Float64Array(this.list.length * RESOURCES);
    this.list.forEach(({ offerings }, k) => {
      for (const offering of offerings) {
        for (let r = 0; r < RESOURCES; r++) {
          const at = k * RESOURCES + r;
          prices[at] = Math.max(prices[at] ?? 0, units(offering)?.[r] ?? 0);
        }
      }
    });
    return this.tight(prices, prices);
  }

  /**
   * The prices in their proportions, but equal in compartments that offer the same, and in every compartment as high as possible without a node being
   * worth more than it costs. Compartments in which all are zero take the proportions of `others`. No bound gets lower by that, and no compartment
   * looks cheap only because the program does not use it.
   */
  tight(prices: Float64Array, others: Float64Array): Float64Array {
    const found = new Float64Array(prices.length);
    for (const members of this.#twins) {
      for (let r = 0; r < RESOURCES; r++) {
        const sum = (of: Float64Array): number =>
          members.reduce((total, k) => total + (of[k * RESOURCES + r] ?? 0), 0);
        for (const k of members) found[k * RESOURCES + r] = sum(prices) / members.length;
      }
      const [first = 0] = members;
      let worth = this.#mostWorth(first, found);
      const from = (worth > 0 ? found : others).slice(first * RESOURCES, (first + 1) * RESOURCES);
      if (worth === 0) worth = this.#mostWorth(first, others);
      for (const k of members) {
        for (let r = 0; r < RESOURCES; r++) found[k * RESOURCES + r] = worth > 0 ? (from[r] ?? 0) / worth : 0;
      }
    }
    return found;
  }

  /** The same where some offerings are not to be bought, each compartment for itself; unit prices of a compartment without any are infinite. */
  tightWithout(banned: ReadonlySet<number>, prices: Float64Array, others: Float64Array): Float64Array {
    return prices.map((_, at) => {
      const k = Math.floor(at / RESOURCES);
      if (this.list[k]?.offerings.every((offering) => banned.has(offering)) !== false) return Infinity;
      const own = this.#mostWorth(k, prices, banned);
      if (own > 0) return (prices[at] ?? 0) / own;
      return (others[at] ?? 0) / this.#mostWorth(k, others, banned);
    });
  }

  /** The most that a node of a compartment is worth for its price. */
  #mostWorth(k: number, prices: Float64Array, banned?: ReadonlySet<number>): number {
    const { capacities, offerings } = this.#fleet;
    let most = 0;
    for (const offering of this.list[k]?.offerings ?? []) {
      if (banned?.has(offering) === true) continue;
      const worth = (capacities[offering] ?? []).reduce(
        (sum, amount, r) => sum + amount * (prices[k * RESOURCES + r] ?? 0),
        0,
      );
      most = Math.max(most, worth / Math.max(offerings[offering]?.price ?? 0, 1e-9));
    }
    return most;
  }

  /** What a replica costs in each cell that it may use, in its cheapest compartment there. */
  offersAt(
    service: number,
    shape: ServiceShape,
    {
      prices,
      nodesAtHand,
    }: { readonly prices: Float64Array; readonly nodesAtHand?: ReadonlyMap<number, number> },
  ): readonly PlacedOffer[] {
    // This is asked for some hundred thousand times: written out resource by resource.
    const [cpu = 0, memory = 0, pods = 0] = requestOf(shape);
    return this.#placesOf(service, shape).flatMap(({ offer, compartments, single }): PlacedOffer[] => {
      let price = Infinity;
      let compartment = -1;
      for (const k of compartments) {
        const at = k * RESOURCES;
        const own = cpu * (prices[at] ?? 0) + memory * (prices[at + 1] ?? 0) + pods * (prices[at + 2] ?? 0);
        if (own < price) {
          price = own;
          compartment = k;
        }
      }
      if (compartment < 0) return [];
      const nodes = nodesAtHand?.get(offer.cell);
      const apart =
        nodes === undefined ? {} : { apart: { nodesAtHand: nodes, nodePrice: Math.max(0, single - price) } };
      return [{ ...offer, ...apart, price, floor: price, compartment, single }];
    });
  }

  #placesOf(service: number, shape: ServiceShape): readonly Place[] {
    const known = this.#places[service]?.get(shape);
    if (known !== undefined) return known;
    const request = requestOf(shape);
    const holds = (offering: number): boolean => this.#prices.holds(service, request, offering);
    const byCell = new Map<number, number[]>();
    const singles = new Map<number, number>();
    this.list.forEach(({ cell, offerings }, k) => {
      const own = offerings.filter(holds).map((offering) => this.#fleet.offerings[offering]?.price ?? 0);
      if (own.length === 0) return;
      byCell.set(cell, [...(byCell.get(cell) ?? []), k]);
      singles.set(cell, Math.min(singles.get(cell) ?? Infinity, ...own));
    });
    const places = this.#prices.offers(service, shape).flatMap((offer): Place[] => {
      const compartments = byCell.get(offer.cell);
      const single = singles.get(offer.cell) ?? 0;
      return compartments === undefined ? [] : [{ offer, compartments, single }];
    });
    this.#places[service]?.set(shape, places);
    return places;
  }
}
