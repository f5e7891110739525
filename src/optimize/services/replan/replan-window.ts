import type { PackedNodes, ServiceShape } from '../../../model/index.ts';
import { hoursPerMonth } from '../../windows.ts';
import type { PackingOptions } from '../../packing/index.ts';
import type { PricedFleet } from '../cell-prices.ts';
import type { WindowPlan } from '../plan-services.ts';
import { cheapestSpread } from '../resilience.ts';
import type { Spread } from '../resilience.ts';
import { rulesOf } from '../spread-rules.ts';
import type { ServiceFleet } from '../service-fleet.ts';
import { grownSpread } from './grown-spread.ts';
import { NodeBoard } from './node-board.ts';
import type { BoardNode } from './node-board.ts';
import { buyNodes, fillRoom } from './place-pods.ts';
import type { WaitingPods } from './place-pods.ts';

/** What a window is planned again from. */
export interface ReplanTask {
  readonly fleet: ServiceFleet;
  readonly window: number;
  readonly shapes: readonly ServiceShape[];
  readonly needed: readonly number[];
  /** Replicas that the plan before held needed, by service; absent for new ones. */
  readonly neededBefore: readonly (number | undefined)[];
  readonly priced: PricedFleet;
  /** Packing of the window in the plan before. */
  readonly before: readonly PackedNodes[];
  /** Services whose pods cannot be taken over, by index: new ones and those whose replicas have another size. */
  readonly unpacked: ReadonlySet<number>;
  /** Services that need another number or spread of replicas, by index. */
  readonly changed: ReadonlySet<number>;
  /** Micro-dollars that moving a pod is worth. */
  readonly moveCost: number;
  /** Most pods moved to save nodes: of one service, and in all. */
  readonly mostMoved: { readonly perService: number; readonly total: number };
  readonly options: PackingOptions;
}

/** Parts of the nodes at hand over which changed services are spread, the cheapest of which is kept: as planning anew tries them. */
const PARTS: readonly number[] = [1, 1 / 4, 1 / 12];
/** What is tried for changed services: the spread that they had, grown or shrunk, then fresh ones. */
const TRIES: readonly (number | 'grown')[] = ['grown', ...PARTS];
/** Emptiest nodes of a cell whose pods are packed again together (assumed). */
const REPACKED: readonly number[] = [1, 3];
/** Rounds in which nodes of one cell are emptied (assumed: later ones seldom save anything). */
const MOST_ROUNDS = 8;
/** How near to its bound a packing of so few pods is sought (assumed: what is emptied pays by whole nodes). */
const REPACKED_GAP = 0.02;

/**
 * Plans a window again: pods of services that did not change stay on their nodes, changed ones are spread anew and keep the nodes that the spread
 * allows, what is new goes into free room and then on bought nodes; nodes without pods are given back. Then the emptiest nodes of the cells
 * that were touched are emptied where that saves more in a month than the moves cost. Undefined when it does not go on.
 */
export async function replanWindow(task: ReplanTask): Promise<WindowPlan | undefined> {
  const start = takeOver(task);
  const changed = new Set([...task.changed, ...task.unpacked, ...start.displaced]);
  let best:
    { readonly board: NodeBoard; readonly cost: number; readonly touched: ReadonlySet<number> } | undefined;
  const tried = new Set<string>();
  for (const part of TRIES) {
    const spreads = spreadsOf(task, changed, { part, board: start.board });
    if (spreads === undefined) continue;
    const key = JSON.stringify([...spreads.values()].map((spread) => [spread.replicas, spread.maxPerNode]));
    if (tried.has(key)) continue;
    tried.add(key);
    const { board } = takeOver(task);
    const touched = await place(task, board, spreads, start.thinned);
    if (touched === undefined) continue;
    const cost = board.cost();
    if (cost < (best?.cost ?? Infinity)) best = { board, cost, touched };
    if (changed.size === 0) break;
  }
  if (best === undefined) return undefined;
  await consolidate(task, best.board, best.touched);
  return windowPlan(task, best.board);
}

/** The nodes of the plan before with the pods that stay; nodes that are not offered or not as large any more are left out. */
function takeOver(task: ReplanTask): {
  readonly board: NodeBoard;
  readonly displaced: ReadonlySet<number>;
  /** Cells from which pods went. */
  readonly thinned: ReadonlySet<number>;
} {
  const { fleet, shapes, unpacked } = task;
  const offerings = new Map(fleet.offerings.map((offering, index) => [offering.id, index]));
  const services = new Map(fleet.services.map((service, index) => [service.workload.id, index]));
  const board = new NodeBoard(fleet, shapes);
  const displaced = new Set<number>();
  const thinned = new Set<number>();
  const gone = new Set<BoardNode>();
  for (const group of task.before) {
    const offering = offerings.get(group.offering);
    const pods = Object.entries(group.pods).flatMap(([id, count]): [number, number][] => {
      const service = services.get(id);
      return service === undefined || unpacked.has(service) ? [] : [[service, count]];
    });
    if (offering !== undefined && pods.length < Object.keys(group.pods).length)
      thinned.add(board.cellOf({ offering }));
    const isForeign = pods.some(
      ([service]) => offering === undefined || fleet.allowed[service]?.includes(offering) !== true,
    );
    if (offering === undefined || isForeign) {
      for (const [service] of pods) displaced.add(service);
      continue;
    }
    for (let copy = 0; copy < group.nodes; copy++) {
      const node = board.open(offering);
      for (const [service, count] of pods) board.put(node, service, count);
      if (board.fill(node) > 1 + 1e-9) {
        gone.add(node);
        for (const [service] of pods) displaced.add(service);
      }
    }
  }
  board.close(gone);
  board.closeEmpty();
  return { board, displaced, thinned };
}

function spreadsOf(
  task: ReplanTask,
  changed: ReadonlySet<number>,
  { part, board }: { readonly part: number | 'grown'; readonly board: NodeBoard },
): ReadonlyMap<number, Spread> | undefined {
  const { fleet, shapes, needed } = task;
  const nodesAtHand = Math.max(2, Math.floor(task.priced.nodesAtHand * (part === 'grown' ? 1 : part)));
  const priced = { ...task.priced, nodesAtHand };
  const spreads = new Map<number, Spread>();
  for (const index of [...changed].sort((a, b) => a - b)) {
    const service = fleet.services[index];
    const shape = shapes[index];
    const neededBefore = task.neededBefore[index];
    if (service === undefined || shape === undefined) return undefined;
    const grown =
      part === 'grown' && neededBefore !== undefined && task.changed.has(index)
        ? grownSpread(fleet, service, {
            before: replicasOf(board, index),
            neededBefore,
            needed: needed[index] ?? 0,
          })
        : undefined;
    const rules = rulesOf(service, { needed: needed[index] ?? 0, index, priced });
    const spread = grown ?? cheapestSpread(priced.prices.offers(index, shape), rules);
    if (spread === undefined) return undefined;
    spreads.set(index, spread);
  }
  return spreads;
}

function replicasOf(board: NodeBoard, service: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const node of board.nodes) {
    const count = node.pods.get(service) ?? 0;
    if (count > 0) counts.set(board.cellOf(node), (counts.get(board.cellOf(node)) ?? 0) + count);
  }
  return counts;
}

/** Brings every changed service to its spread; returns the cells in which pods changed, undefined when pods are left over. */
async function place(
  task: ReplanTask,
  board: NodeBoard,
  spreads: ReadonlyMap<number, Spread>,
  thinned: ReadonlySet<number>,
): Promise<ReadonlySet<number> | undefined> {
  const waiting: WaitingPods[] = [];
  const touched = new Set(thinned);
  for (const [service, spread] of spreads) {
    const wanted = new Map(spread.replicas);
    const holding = board.nodes
      .filter((node) => node.pods.has(service))
      .map((node, index) => ({ node, index, fill: board.fill(node) }))
      .sort((a, b) => b.fill - a.fill || a.index - b.index);
    for (const { node } of holding) {
      const cell = board.cellOf(node);
      const own = node.pods.get(service) ?? 0;
      const stay = Math.min(own, spread.maxPerNode, wanted.get(cell) ?? 0);
      wanted.set(cell, (wanted.get(cell) ?? 0) - stay);
      if (stay < own) {
        board.put(node, service, stay - own);
        touched.add(cell);
      }
    }
    for (const [cell, count] of wanted) {
      if (count > 0) {
        waiting.push({ service, cell, count, maxPerNode: spread.maxPerNode });
        touched.add(cell);
      }
    }
  }
  board.closeEmpty();
  const left = fillRoom(board, waiting, (service) => sizeOf(task, service));
  return (await buyNodes(board, left, task)) ? touched : undefined;
}

/** A pod's cores plus its memory in units of 4 GiB: what a core comes with on a general node. Orders pods only. */
function sizeOf(task: ReplanTask, service: number): number {
  const resources = task.shapes[service]?.resources;
  return resources === undefined ? 0 : resources.cpuMillicores / 1000 + resources.memory / (4 * 2 ** 30);
}

/** Empties the emptiest nodes of cells where that pays, as long as it does. */
async function consolidate(task: ReplanTask, board: NodeBoard, touched: ReadonlySet<number>): Promise<void> {
  const moved = new Moves(task.mostMoved);
  for (const cell of [...touched].sort((a, b) => a - b)) {
    for (const size of REPACKED) {
      for (let round = 0; round < MOST_ROUNDS && !task.options.isPast(); round++) {
        if (!(await emptyNodes(task, board, { cell, size, moved }))) break;
      }
    }
  }
}

/** Pods moved so far to save nodes. Stateful. */
class Moves {
  readonly #most: ReplanTask['mostMoved'];
  readonly #ofService = new Map<number, number>();
  #inAll = 0;

  constructor(most: ReplanTask['mostMoved']) {
    this.#most = most;
  }

  allows(pods: ReadonlyMap<number, number>): boolean {
    const { perService, total } = this.#most;
    const more = [...pods.values()].reduce((sum, count) => sum + count, this.#inAll);
    return (
      more <= total &&
      [...pods].every(([service, count]) => (this.#ofService.get(service) ?? 0) + count <= perService)
    );
  }

  add(pods: ReadonlyMap<number, number>): void {
    for (const [service, count] of pods) {
      this.#ofService.set(service, (this.#ofService.get(service) ?? 0) + count);
      this.#inAll += count;
    }
  }
}

/**
 * Tries to do without the emptiest nodes of a cell: their pods go into free room, the rest on nodes bought for them. False, and nothing is changed,
 * when that saves no more in a month than the moves cost.
 */
async function emptyNodes(
  task: ReplanTask,
  board: NodeBoard,
  { cell, size, moved }: { readonly cell: number; readonly size: number; readonly moved: Moves },
): Promise<boolean> {
  const { fleet } = task;
  const window = fleet.windows[task.window];
  const hours = window === undefined ? 0 : hoursPerMonth(window);
  const emptiest = board.nodes
    .filter((node) => board.cellOf(node) === cell)
    .map((node, index) => ({ node, index, fill: board.fill(node) }))
    .sort((a, b) => a.fill - b.fill || a.index - b.index)
    .slice(0, size)
    .map(({ node }) => node);
  if (emptiest.length < size) return false;
  const pods = new Map<number, number>();
  for (const node of emptiest)
    for (const [service, count] of node.pods) pods.set(service, (pods.get(service) ?? 0) + count);
  const worth = task.moveCost * [...pods.values()].reduce((sum, count) => sum + count, 0);
  const paid = emptiest.reduce((sum, node) => sum + (fleet.offerings[node.offering]?.price ?? 0), 0);
  if (!moved.allows(pods) || paid * hours <= worth) return false;
  const before = board.cost();
  const snapshot = board.snapshot();
  const waiting = [...pods].map(([service, count]) => {
    return { service, cell, count, maxPerNode: limitOf(task, board, service) };
  });
  board.close(new Set(emptiest));
  const left = fillRoom(board, waiting, (service) => sizeOf(task, service));
  const options = { ...task.options, gap: REPACKED_GAP };
  if ((await buyNodes(board, left, { ...task, options })) && (before - board.cost()) * hours > worth) {
    moved.add(pods);
    return true;
  }
  board.restore(snapshot);
  return false;
}

/** Most pods of a service on one node: what is declared, and its spares where a node may fail. */
function limitOf(task: ReplanTask, board: NodeBoard, service: number): number {
  const workload = task.fleet.services[service]?.workload;
  if (workload === undefined) return 1;
  const { scheduling, slo } = workload;
  if (slo.tolerates === 'nothing') return scheduling.maxPerNode;
  const planned = board.nodes.reduce((sum, node) => sum + (node.pods.get(service) ?? 0), 0);
  return Math.max(1, Math.min(scheduling.maxPerNode, planned - (task.needed[service] ?? 0)));
}

function windowPlan(task: ReplanTask, board: NodeBoard): WindowPlan {
  const counts = task.shapes.map(() => new Map<number, number>());
  const fullest = new Float64Array(task.shapes.length);
  for (const node of board.nodes) {
    const cell = board.cellOf(node);
    for (const [service, count] of node.pods) {
      const own = counts[service];
      own?.set(cell, (own.get(cell) ?? 0) + count);
      fullest[service] = Math.max(fullest[service] ?? 0, count);
    }
  }
  return {
    filled: board.filled(),
    needed: task.needed,
    spreads: counts.map((own, service): Spread => ({
      replicas: [...own].sort(([a], [b]) => a - b),
      maxPerNode: Math.max(1, fullest[service] ?? 0),
      cost: 0,
      rank: 0,
    })),
    cost: board.cost(),
    bound: 0,
  };
}
