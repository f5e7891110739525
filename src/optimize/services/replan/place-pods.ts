import type { ServiceShape } from '../../../model/index.ts';
import { solvePacking } from '../../packing/index.ts';
import type { PackingOptions, PackingProblem } from '../../packing/index.ts';
import { POD_RESOURCES, requestOf } from '../service-fleet.ts';
import type { ServiceFleet } from '../service-fleet.ts';
import type { BoardNode, NodeBoard } from './node-board.ts';

/** Pods of one service that are to be placed in one cell. */
export interface WaitingPods {
  readonly service: number;
  readonly cell: number;
  readonly count: number;
  /** Most of them on one node, those that are there already included. */
  readonly maxPerNode: number;
}

/** Puts pods into the free room of open nodes, large ones first, each on the fullest node that takes it; returns those left over. */
export function fillRoom(
  board: NodeBoard,
  waiting: readonly WaitingPods[],
  size: (service: number) => number,
): readonly WaitingPods[] {
  const order = [...waiting].sort(
    (a, b) => size(b.service) - size(a.service) || a.service - b.service || a.cell - b.cell,
  );
  return order.flatMap((item): WaitingPods[] => {
    let left = item.count;
    const places = board.nodes
      .filter(
        (node) => board.cellOf(node) === item.cell && board.room(node, item.service, item.maxPerNode) > 0,
      )
      .map((node, index) => ({ node, index, fill: board.fill(node) }))
      .sort((a, b) => b.fill - a.fill || a.index - b.index);
    for (const { node } of places) {
      const count = Math.min(left, board.room(node, item.service, item.maxPerNode));
      if (count > 0) board.put(node, item.service, count);
      left -= count;
      if (left === 0) break;
    }
    return left > 0 ? [{ ...item, count: left }] : [];
  });
}

/** Buys nodes for pods that no open node has room for. False when nothing holds them or limits on nodes forbid more. */
export async function buyNodes(
  board: NodeBoard,
  waiting: readonly WaitingPods[],
  facts: {
    readonly fleet: ServiceFleet;
    readonly shapes: readonly ServiceShape[];
    readonly options: PackingOptions;
  },
): Promise<boolean> {
  const { fleet } = facts;
  // Without limits that join them, cells are packed one by one.
  const groups =
    fleet.quotas.length === 0 ? [...Map.groupBy(waiting, (item) => item.cell).values()] : [waiting];
  for (const group of groups) {
    if (group.length === 0) continue;
    const { problem, offerings } = packingOf(board, group, facts);
    const answer = await solvePacking(problem, facts.options);
    if (answer === undefined) return false;
    for (const { node, count, pods } of answer.filled) {
      for (let copy = 0; copy < count; copy++) {
        const opened: BoardNode = board.open(offerings[node] ?? 0);
        for (const [item, number] of pods) board.put(opened, group[item]?.service ?? 0, number);
      }
    }
  }
  return true;
}

function packingOf(
  board: NodeBoard,
  group: readonly WaitingPods[],
  { fleet, shapes }: { readonly fleet: ServiceFleet; readonly shapes: readonly ServiceShape[] },
): { readonly problem: PackingProblem; readonly offerings: readonly number[] } {
  const cells = [...new Set(group.map((item) => item.cell))].sort((a, b) => a - b);
  const offerings = cells.flatMap((cell) => fleet.cells[cell]?.offerings ?? []).sort((a, b) => a - b);
  const place = new Map(offerings.map((offering, index) => [offering, index]));
  const open = new Map<number, number>();
  for (const { offering } of board.nodes) open.set(offering, (open.get(offering) ?? 0) + 1);
  const apart = group.flatMap((item, a) =>
    group.flatMap((other, b): (readonly [number, number])[] =>
      a < b && keepApart(fleet, item.service, other.service) ? [[a, b]] : [],
    ),
  );
  const problem: PackingProblem = {
    resources: POD_RESOURCES,
    items: group.map((item, index) => {
      const own = new Set(fleet.cells[item.cell]?.offerings ?? []);
      const shape = shapes[item.service];
      return {
        id: `${index}`,
        request: shape === undefined ? [] : requestOf(shape),
        count: item.count,
        maxPerNode: item.maxPerNode,
        nodes: (fleet.allowed[item.service] ?? []).flatMap((offering) =>
          own.has(offering) ? (place.get(offering) ?? []) : [],
        ),
      };
    }),
    nodes: offerings.map((offering) => ({
      id: fleet.offerings[offering]?.id ?? '',
      capacity: fleet.capacities[offering] ?? [],
      price: fleet.offerings[offering]?.price ?? 0,
      most: Infinity,
    })),
    quotas: fleet.quotas
      .map((quota) => ({
        id: quota.id,
        nodes: quota.nodes.flatMap((offering) => place.get(offering) ?? []),
        most: Math.max(
          0,
          quota.most - quota.nodes.reduce((sum, offering) => sum + (open.get(offering) ?? 0), 0),
        ),
      }))
      .filter((quota) => quota.nodes.length > 0),
    apart,
  };
  return { problem, offerings };
}

function keepApart(fleet: ServiceFleet, a: number, b: number): boolean {
  const first = fleet.services[a]?.workload;
  const second = fleet.services[b]?.workload;
  if (first === undefined || second === undefined || a === b) return false;
  return first.scheduling.apartFrom.includes(second.id) || second.scheduling.apartFrom.includes(first.id);
}
