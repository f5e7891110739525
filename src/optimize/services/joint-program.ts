import type { ServiceShape } from '../../model/index.ts';
import { ProgramBuilder, solveTrusted } from '../solvers/index.ts';
import type { IntegerProgram, SolverAdapter, Term } from '../solvers/index.ts';
import type { PricedFleet } from './cell-prices.ts';
import { likelyOfferings, worthwhileOfferings } from './likely-offerings.ts';
import { rulesOf } from './spread-rules.ts';
import { availabilityOf, cheapestSpread } from './resilience.ts';
import type { Spread, SpreadRules } from './resilience.ts';
import { replicasFor, requestOf } from './service-fleet.ts';
import type { FleetService, ServiceFleet } from './service-fleet.ts';

/** Spreads chosen together with whole nodes, and a bound on every plan of the window. */
export interface JointAnswer {
  readonly spreads: readonly Spread[];
  /** Micro-dollars per hour; 0 where only a few offerings were looked at. */
  readonly bound: number;
}

/** What the joint program is asked. */
export interface JointRequest {
  readonly window: number;
  readonly shapes: readonly ServiceShape[];
  readonly priced: PricedFleet;
  /** Cost of the best plan known, micro-dollars per hour: dearer ones are of no interest. */
  readonly atMost: number;
  readonly seconds: number;
  readonly gap: number;
  readonly solvers: readonly SolverAdapter[];
  /** `few`: whole numbers on the offerings most likely to be bought, without a bound; `all`: every offering in fractions, for the bound. */
  readonly extent: 'few' | 'all';
}

/** Branch-and-bound nodes of the program of few offerings (assumed: a second or two in HiGHS for four services). */
const MOST_BRANCHES = 200;

/** Columns up to which the programs are worth solving: in whole numbers, and relaxed (assumed: seconds in HiGHS). */
const MOST_COLUMNS = { few: 1_500, all: 20_000 };

/**
 * Where replicas go and which nodes hold them, as one program: replicas per cell, nodes per offering, parts of pods on offerings within their
 * room. Rules per service with e ≥ 1 spares (a variable): replicas ≥ needed + e; no cell that may fail holds more than e; no node alone holds more
 * than e where an offering has one node. For fleets of a few services whole nodes decide, which prices of resources do not see: over the
 * likeliest offerings replicas and nodes are whole numbers, and the spreads are worth packing. Over all offerings the same
 * program in fractions bounds every plan of the window, of any sizes of replica. Undefined where the program is too large or unsolved.
 */
export async function jointSpreads(
  fleet: ServiceFleet,
  request: JointRequest,
): Promise<JointAnswer | undefined> {
  const every = worthwhileOfferings(fleet);
  const offerings = request.extent === 'few' ? likelyOfferings(fleet, request, every) : every;
  const size = offerings.length * (fleet.services.length + 1);
  if (size > MOST_COLUMNS[request.extent]) return undefined;
  const builder = new ProgramBuilder('services');
  const nodes = new Map(
    offerings.map((offering): [number, number] => [
      offering,
      builder.count(`n${offering}`, Infinity, fleet.offerings[offering]?.price ?? 0),
    ]),
  );
  const used = new Map(
    [...nodes].map(([offering, column]): [number, number] => {
      const binary = builder.count(`z${offering}`, 1);
      builder.row(`any-${offering}`, { lower: 0 }, [
        [column, 1],
        [binary, -1],
      ]);
      return [offering, binary];
    }),
  );
  const room = new Map<number, Term[][]>(offerings.map((offering) => [offering, [[], [], []]]));
  const placed = fleet.services.map((_, service) =>
    addService(builder, { fleet, request, service, nodes, used, room }),
  );
  addApart(builder, fleet, { nodes, hosts: placed.map(({ hosts }) => hosts) });
  for (const [offering, rows] of room) {
    rows.forEach((terms, r) => {
      if (terms.length > 0) {
        builder.row(`room-${offering}-${r}`, { upper: 0 }, [...terms, [nodes.get(offering) ?? 0, -1]]);
      }
    });
  }
  for (const quota of fleet.quotas) {
    const terms = quota.nodes.flatMap((offering): Term[] => {
      const column = nodes.get(offering);
      return column === undefined ? [] : [[column, 1]];
    });
    builder.row(`quota-${quota.id}`, { upper: quota.most }, terms);
  }
  if (Number.isFinite(request.atMost)) {
    const terms = [...nodes].map(([offering, column]): Term => [
      column,
      fleet.offerings[offering]?.price ?? 0,
    ]);
    builder.row('at-most', { upper: request.atMost * (1 + 1e-9) }, terms);
  }
  const limits = { nodes: MOST_BRANCHES, seconds: request.seconds, relativeGap: request.gap };
  const program = request.extent === 'all' ? relaxedProgram(builder.build()) : builder.build();
  const answer = await solveTrusted(program, limits, request.solvers);
  if (answer.status !== 'optimal' && answer.status !== 'feasible') return undefined;
  const spreads = placed.map((columns, index) => {
    const spread = spreadOf(columns, answer.values);
    return keepsAvailability(fleet, request, { spread, index });
  });
  return { spreads, bound: request.extent === 'all' ? answer.bound : 0 };
}

/** The program with every number allowed to be a fraction: its optimum bounds that of the program, at a hundredth of the time. */
function relaxedProgram(program: IntegerProgram): IntegerProgram {
  return { ...program, columns: program.columns.map((column) => ({ ...column, isInteger: false })) };
}

/** Columns of one service. */
interface ServiceColumns {
  /** Pairs of cell index and column of whole replicas. */
  readonly cells: readonly (readonly [cell: number, column: number])[];
  /** Column of the spares; undefined where nothing is tolerated. */
  readonly spares: number | undefined;
  readonly maxPerNode: number;
  /** Columns of the nodes that hold any of its pods, by offering; empty where it keeps apart from no other service. */
  readonly hosts: ReadonlyMap<number, number>;
}

function addService(
  builder: ProgramBuilder,
  facts: {
    readonly fleet: ServiceFleet;
    readonly request: JointRequest;
    readonly service: number;
    readonly nodes: ReadonlyMap<number, number>;
    /** Columns that are 1 where an offering has nodes. */
    readonly used: ReadonlyMap<number, number>;
    readonly room: ReadonlyMap<number, Term[][]>;
  },
): ServiceColumns {
  const { fleet, request, service: index } = facts;
  const service = fleet.services[index];
  if (service === undefined) throw new Error(`no service ${index}`);
  const { pod, needed, mostNeeded } = podsOf(service, request, index);
  const rules = rulesOf(service, { needed, index, priced: request.priced });
  const isTolerant = rules.tolerates !== 'nothing' && needed > 0;
  const most = 2 * mostNeeded;
  const spares = isTolerant
    ? builder.column({
        name: `e${index}`,
        cost: 0,
        lower: 1,
        upper: Math.max(1, mostNeeded),
        isInteger: true,
      })
    : undefined;
  const allowed = new Set(fleet.allowed[index] ?? []);
  const hosts = new Map<number, number>();
  const isApart = fleet.services.some(
    (other) =>
      other !== service &&
      (other.workload.scheduling.apartFrom.includes(service.workload.id) ||
        service.workload.scheduling.apartFrom.includes(other.workload.id)),
  );
  const cells = service.cells.map((cell): [number, number] => {
    const column = builder.count(`r${index}-${cell}`, Math.min(most, rules.maxReplicas));
    const parts = (fleet.cells[cell]?.offerings ?? [])
      .filter((offering) => allowed.has(offering) && facts.nodes.has(offering))
      .map((offering): Term => [
        addPart(builder, {
          ...facts,
          pod,
          offering,
          spares,
          most,
          rules,
          hosts: isApart ? hosts : undefined,
        }),
        1,
      ]);
    builder.row(`parts-${index}-${cell}`, { lower: 0, upper: 0 }, [...parts, [column, -1]]);
    return [cell, column];
  });
  addRules(builder, { fleet, index, cells, spares, rules });
  return { cells, spares, maxPerNode: rules.maxPerNode, hosts };
}

/**
 * What one pod asks for and how many are needed, at least and at most. The whole program bounds plans of any size of replica: its pods ask
 * for the least that any size asks for of each resource, in the least number.
 */
function podsOf(
  service: FleetService,
  request: JointRequest,
  index: number,
): { readonly pod: readonly number[]; readonly needed: number; readonly mostNeeded: number } {
  const chosen = request.shapes[index];
  const shapes = request.extent === 'all' || chosen === undefined ? service.shapes : [chosen];
  const needed = shapes
    .map((shape) => replicasFor(service.workload, shape, service.rates[request.window] ?? 0))
    .filter((count) => Number.isFinite(count));
  const requests = shapes.map((shape) => requestOf(shape));
  const pod = (requests[0] ?? []).map((_, r) => Math.min(...requests.map((amounts) => amounts[r] ?? 0)));
  return { pod, needed: Math.min(...needed), mostNeeded: Math.max(...needed) };
}

/** The part of a service's pods on one offering: within its room, and on a lone node no more than the spares. */
function addPart(
  builder: ProgramBuilder,
  facts: {
    readonly fleet: ServiceFleet;
    readonly service: number;
    /** What one pod asks for. */
    readonly pod: readonly number[];
    readonly offering: number;
    readonly spares: number | undefined;
    readonly most: number;
    readonly rules: SpreadRules;
    /** Where columns of the nodes that hold its pods are noted; undefined where nobody asks. */
    readonly hosts: Map<number, number> | undefined;
    readonly nodes: ReadonlyMap<number, number>;
    /** Columns that are 1 where an offering has nodes. */
    readonly used: ReadonlyMap<number, number>;
    readonly room: ReadonlyMap<number, Term[][]>;
  },
): number {
  const { offering, service, most } = facts;
  const part = builder.column({
    name: `x${service}-${offering}`,
    cost: 0,
    lower: 0,
    upper: Infinity,
    isInteger: false,
  });
  const node = facts.nodes.get(offering) ?? 0;
  facts.pod.forEach((amount, r) => {
    const capacity = facts.fleet.capacities[offering]?.[r] ?? 0;
    if (amount > 0) facts.room.get(offering)?.[r]?.push([part, amount / Math.max(capacity, 1e-9)]);
  });
  if (facts.spares !== undefined) {
    // part ≤ spares + most · (nodes − 1) where any node is used
    const used = facts.used.get(offering) ?? 0;
    builder.row(`apart-${service}-${offering}`, { upper: 0 }, [
      [part, 1],
      [facts.spares, -1],
      [node, -most],
      [used, most],
    ]);
    builder.row(`used-${service}-${offering}`, { upper: 0 }, [
      [part, 1],
      [used, -most],
    ]);
  }
  if (facts.hosts !== undefined) {
    const host = builder.count(`h${service}-${offering}`, Infinity);
    facts.hosts.set(offering, host);
    const fits = facts.pod.map(
      (amount, r) => (facts.fleet.capacities[offering]?.[r] ?? 0) / Math.max(amount, 1e-9),
    );
    const perNode = Math.min(facts.rules.maxPerNode, most, ...fits.map((count) => Math.floor(count + 1e-9)));
    builder.row(`host-${service}-${offering}`, { upper: 0 }, [
      [part, 1],
      [host, -perNode],
    ]);
  }
  if (Number.isFinite(facts.rules.maxPerNode)) {
    builder.row(`per-node-${service}-${offering}`, { upper: 0 }, [
      [part, 1],
      [node, -facts.rules.maxPerNode],
    ]);
  }
  return part;
}

/** Services that keep apart hold no node together: their nodes of an offering add up to at most those bought. */
function addApart(
  builder: ProgramBuilder,
  fleet: ServiceFleet,
  facts: {
    readonly nodes: ReadonlyMap<number, number>;
    readonly hosts: readonly ReadonlyMap<number, number>[];
  },
): void {
  const place = new Map(fleet.services.map((service, index) => [service.workload.id, index]));
  fleet.services.forEach((service, index) => {
    for (const id of service.workload.scheduling.apartFrom) {
      const other = place.get(id);
      if (other === undefined || other === index) continue;
      for (const [offering, own] of facts.hosts[index] ?? []) {
        const their = facts.hosts[other]?.get(offering);
        const node = facts.nodes.get(offering);
        if (their === undefined || node === undefined) continue;
        builder.row(`apart-${index}-${other}-${offering}`, { upper: 0 }, [
          [own, 1],
          [their, 1],
          [node, -1],
        ]);
      }
    }
  });
}

function addRules(
  builder: ProgramBuilder,
  facts: {
    readonly fleet: ServiceFleet;
    readonly index: number;
    readonly cells: readonly (readonly [number, number])[];
    readonly spares: number | undefined;
    readonly rules: SpreadRules;
  },
): void {
  const { fleet, index, cells, spares, rules } = facts;
  const all = cells.map(([, column]): Term => [column, 1]);
  const spare = (value: number): Term[] => (spares === undefined ? [] : [[spares, value]]);
  builder.row(`needed-${index}`, { lower: rules.needed }, [...all, ...spare(-1)]);
  const kindOf = (cell: number): string => fleet.cells[cell]?.kind ?? '';
  if (rules.maxSpotShare < 1) {
    const terms = cells.map(([cell, column]): Term => [
      column,
      (kindOf(cell) === 'spot' ? 1 : 0) - rules.maxSpotShare,
    ]);
    builder.row(`spot-${index}`, { upper: 0 }, terms);
  }
  if (spares !== undefined && rules.tolerates === 'correlation-group') {
    const spot = cells.filter(([cell]) => kindOf(cell) === 'spot');
    for (const [group, members] of Map.groupBy(spot, ([cell]) => fleet.cells[cell]?.group ?? '')) {
      const terms = members.map(([, column]): Term => [column, 1]);
      builder.row(`group-${index}-${group}`, { upper: 0 }, [...terms, ...spare(-1)]);
    }
  }
  if (spares !== undefined && rules.tolerates === 'zone') {
    const zones = Map.groupBy(cells, ([cell]) => fleet.cells[cell]?.zone ?? '');
    for (const [zone, members] of zones) {
      const terms = members.map(([, column]): Term => [column, 1]);
      builder.row(`zone-${index}-${zone}`, { upper: 0 }, [...terms, ...spare(-1)]);
    }
  }
  const base = cells.filter(([cell]) => kindOf(cell) === 'base');
  if (rules.isEven && base.length > 1) {
    const least = builder.count(`even-${index}`, Infinity);
    for (const [cell, column] of base) {
      builder.row(`even-${index}-${cell}`, { lower: 0, upper: 1 }, [
        [column, 1],
        [least, -1],
      ]);
    }
  }
}

/** The spread, or the one chosen by prices where it breaks the availability, which the program does not see. */
function keepsAvailability(
  fleet: ServiceFleet,
  request: JointRequest,
  { spread, index }: { readonly spread: Spread; readonly index: number },
): Spread {
  const service = fleet.services[index];
  const shape = request.shapes[index];
  if (service === undefined || shape === undefined) return spread;
  const needed = replicasFor(service.workload, shape, service.rates[request.window] ?? 0);
  const offers = request.priced.prices.offers(index, shape);
  const rules = rulesOf(service, { needed, index, priced: request.priced });
  const isKept = availabilityOf(spread, offers, rules) >= rules.availability;
  return isKept ? spread : (cheapestSpread(offers, rules) ?? spread);
}

function spreadOf(columns: ServiceColumns, values: readonly number[]): Spread {
  const replicas = columns.cells.flatMap(([cell, column]): [number, number][] => {
    const count = Math.round(values[column] ?? 0);
    return count > 0 ? [[cell, count]] : [];
  });
  const spares = columns.spares === undefined ? Infinity : Math.round(values[columns.spares] ?? 1);
  return { replicas, maxPerNode: Math.min(columns.maxPerNode, spares), cost: 0, rank: 0 };
}
