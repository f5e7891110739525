import type { ServiceShape } from '../../../model/index.ts';
import type { FilledNodes } from '../../packing/index.ts';
import { requestOf } from '../service-fleet.ts';
import type { ServiceFleet } from '../service-fleet.ts';

/** One node with the pods on it. Stateful. */
export interface BoardNode {
  /** Index of its offering. */
  readonly offering: number;
  /** Pods by service index, all ≥ 1. */
  readonly pods: Map<number, number>;
  /** Taken by pods, in the order of `POD_RESOURCES`. */
  readonly used: Float64Array;
}

/** The nodes of one window one by one, from which pods are taken and on which they are put. Stateful. */
export class NodeBoard {
  readonly #fleet: ServiceFleet;
  readonly #requests: readonly (readonly number[])[];
  readonly #allowed: readonly ReadonlySet<number>[];
  readonly #apart: readonly ReadonlySet<number>[];
  readonly #cellOf: Int32Array;
  #nodes: BoardNode[] = [];

  constructor(fleet: ServiceFleet, shapes: readonly ServiceShape[]) {
    this.#fleet = fleet;
    this.#requests = shapes.map(requestOf);
    this.#allowed = fleet.allowed.map((list) => new Set(list));
    this.#apart = partners(fleet);
    this.#cellOf = new Int32Array(fleet.offerings.length);
    fleet.cells.forEach((cell, index) => cell.offerings.forEach((item) => (this.#cellOf[item] = index)));
  }

  get nodes(): readonly BoardNode[] {
    return this.#nodes;
  }

  cellOf(node: Pick<BoardNode, 'offering'>): number {
    return this.#cellOf[node.offering] ?? -1;
  }

  /** An empty node more. */
  open(offering: number): BoardNode {
    const node: BoardNode = { offering, pods: new Map(), used: new Float64Array(3) };
    this.#nodes.push(node);
    return node;
  }

  /** Adds pods to a node; a negative count takes them away. Room is the caller's matter. */
  put(node: BoardNode, service: number, count: number): void {
    const left = (node.pods.get(service) ?? 0) + count;
    if (left > 0) node.pods.set(service, left);
    else node.pods.delete(service);
    this.#requests[service]?.forEach((amount, r) => {
      node.used[r] = (node.used[r] ?? 0) + amount * count;
    });
  }

  /** Pods of a service that a node has room for, at most `most` of them on it in all. */
  room(node: BoardNode, service: number, most: number): number {
    if (this.#allowed[service]?.has(node.offering) !== true) return 0;
    for (const other of this.#apart[service] ?? []) if (node.pods.has(other)) return 0;
    const capacity = this.#fleet.capacities[node.offering] ?? [];
    let room = most - (node.pods.get(service) ?? 0);
    this.#requests[service]?.forEach((amount, r) => {
      const free = (capacity[r] ?? 0) - (node.used[r] ?? 0);
      if (amount > 0) room = Math.min(room, Math.floor(free / amount + 1e-9));
    });
    return Math.max(0, room);
  }

  /** The fullest resource of a node, 0..1; above 1 where it holds too much. */
  fill(node: BoardNode): number {
    const capacity = this.#fleet.capacities[node.offering] ?? [];
    return node.used.reduce((most, used, r) => Math.max(most, used / Math.max(capacity[r] ?? 0, 1e-9)), 0);
  }

  /** Takes nodes off the board with what is on them. */
  close(gone: ReadonlySet<BoardNode>): void {
    this.#nodes = this.#nodes.filter((node) => !gone.has(node));
  }

  /** Takes nodes without pods off the board and says how many they were. */
  closeEmpty(): number {
    const before = this.#nodes.length;
    this.#nodes = this.#nodes.filter((node) => node.pods.size > 0);
    return before - this.#nodes.length;
  }

  /** Micro-dollars per hour. */
  cost(): number {
    return this.#nodes.reduce((sum, node) => sum + (this.#fleet.offerings[node.offering]?.price ?? 0), 0);
  }

  /** The board as it stands, to go back to with `restore`. */
  snapshot(): readonly BoardNode[] {
    return this.#nodes.map(({ offering, pods, used }) => ({
      offering,
      pods: new Map(pods),
      used: used.slice(),
    }));
  }

  restore(nodes: readonly BoardNode[]): void {
    this.#nodes = [...nodes];
  }

  /** Equal nodes together, sorted by offering and pods. */
  filled(): readonly FilledNodes[] {
    const groups = new Map<string, { node: number; count: number; pods: [number, number][] }>();
    for (const node of this.#nodes) {
      const pods = [...node.pods].sort(([a], [b]) => a - b);
      const key = `${node.offering}:${pods.join(';')}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { node: node.offering, count: 1, pods });
      else group.count += 1;
    }
    return [...groups]
      .sort(([a, first], [b, second]) => first.node - second.node || (a < b ? -1 : 1))
      .map(([, group]) => group);
  }
}

/** By service: the services that may not share a node with it, whoever of the two says so. */
function partners(fleet: ServiceFleet): readonly ReadonlySet<number>[] {
  const indices = new Map(fleet.services.map((service, index) => [service.workload.id, index]));
  const found = fleet.services.map(() => new Set<number>());
  fleet.services.forEach((service, index) => {
    for (const id of service.workload.scheduling.apartFrom) {
      const other = indices.get(id);
      if (other === undefined) continue;
      found[index]?.add(other);
      found[other]?.add(index);
    }
  });
  return found;
}
