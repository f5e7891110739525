import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random/index.ts';
import { solverOrder } from '../solvers/index.ts';
import { packingFaults } from './check-packing.ts';
import type { PackingProblem } from './packing-problem.ts';
import { solvePacking } from './solve-packing.ts';

const SOLVERS = solverOrder('auto');

/** The least price of nodes that hold all pods, by trying to put each pod on every open node and every new one. */
function bruteForce(problem: PackingProblem): number {
  const pods = problem.items.flatMap((item, index) => Array.from({ length: item.count }, () => index));
  const open: { kind: number; left: number[]; pods: number[] }[] = [];
  let best = Infinity;
  const place = (at: number, cost: number): void => {
    if (cost >= best) return;
    const index = pods[at];
    if (index === undefined) {
      best = cost;
      return;
    }
    const item = problem.items[index];
    if (item === undefined) return;
    const put = (node: (typeof open)[number], price: number): void => {
      if (!item.nodes.includes(node.kind)) return;
      if (item.request.some((amount, r) => amount > (node.left[r] ?? 0) + 1e-9)) return;
      if (node.pods.filter((other) => other === index).length >= item.maxPerNode) return;
      const isApart = (other: number): boolean =>
        problem.apart.some(([a, b]) => (a === index && b === other) || (b === index && a === other));
      if (node.pods.some(isApart)) return;
      node.pods.push(index);
      item.request.forEach((amount, r) => (node.left[r] = (node.left[r] ?? 0) - amount));
      place(at + 1, cost + price);
      item.request.forEach((amount, r) => (node.left[r] = (node.left[r] ?? 0) + amount));
      node.pods.pop();
    };
    for (const node of open.slice()) put(node, 0);
    problem.nodes.forEach((kind, k) => {
      if (open.filter((node) => node.kind === k).length >= kind.most) return;
      open.push({ kind: k, left: [...kind.capacity], pods: [] });
      const node = open.at(-1);
      if (node !== undefined) put(node, kind.price);
      open.pop();
    });
  };
  place(0, 0);
  return best;
}

function randomProblem(seed: number): PackingProblem {
  const stream = randomStream(seed, 'packing');
  const whole = (below: number): number => Math.floor(stream.uniform() * below);
  const nodes = Array.from({ length: 2 + whole(3) }, (_, k) => ({
    id: `n${k}`,
    capacity: [4 + whole(8), 4 + whole(12)],
    price: 100 + whole(200),
    most: stream.uniform() < 0.2 ? 2 : Infinity,
  }));
  const items = Array.from({ length: 1 + whole(3) }, (_, i) => ({
    id: `i${i}`,
    request: [1 + whole(4), 1 + whole(4)],
    count: 1 + whole(3),
    maxPerNode: stream.uniform() < 0.3 ? 1 : Infinity,
    nodes: nodes.map((_node, k) => k).filter(() => stream.uniform() < 0.85),
  }));
  const apart = items.length > 1 && stream.uniform() < 0.3 ? ([[0, 1]] as const) : [];
  return { resources: ['cpu', 'memory'], items, nodes, quotas: [], apart };
}

describe('solving a packing problem', () => {
  it('finds the least price on small random problems, and its bound never exceeds it', async () => {
    let found = 0;
    let solved = 0;
    for (let seed = 0; seed < 60; seed++) {
      const problem = randomProblem(seed);
      const best = bruteForce(problem);
      const answer = await solvePacking(problem, { solvers: SOLVERS, gap: 0, isPast: () => false });
      if (answer === undefined) continue;
      expect(packingFaults(problem, answer.filled), `seed ${seed}`).toEqual([]);
      expect(answer.bound, `seed ${seed}`).toBeLessThanOrEqual(best + 1e-6);
      expect(answer.cost, `seed ${seed}`).toBeGreaterThanOrEqual(best - 1e-6);
      expect(best).toBeLessThan(Infinity);
      solved++;
      if (answer.cost <= best + 1e-6) found++;
    }
    expect(solved).toBeGreaterThan(30);
    expect(found / solved).toBeGreaterThan(0.95);
  }, 60_000);

  it('gives no answer where a pod fits on no node', async () => {
    const problem: PackingProblem = {
      resources: ['cpu'],
      items: [{ id: 'a', request: [5], count: 1, maxPerNode: Infinity, nodes: [0] }],
      nodes: [{ id: 'n', capacity: [4], price: 1, most: Infinity }],
      quotas: [],
      apart: [],
    };
    const answer = await solvePacking(problem, { solvers: SOLVERS, gap: 0, isPast: () => false });
    expect(answer).toBeUndefined();
  });

  it('keeps a quota over two kinds of node', async () => {
    const problem: PackingProblem = {
      resources: ['cpu'],
      items: [{ id: 'a', request: [1], count: 6, maxPerNode: Infinity, nodes: [0, 1, 2] }],
      nodes: [
        { id: 'small', capacity: [2], price: 10, most: Infinity },
        { id: 'other', capacity: [2], price: 11, most: Infinity },
        { id: 'dear', capacity: [2], price: 100, most: Infinity },
      ],
      quotas: [{ id: 'q', nodes: [0, 1], most: 2 }],
      apart: [],
    };
    const answer = await solvePacking(problem, { solvers: SOLVERS, gap: 0, isPast: () => false });
    expect(answer?.cost).toBe(120);
    expect(answer?.bound).toBeLessThanOrEqual(120);
  });

  it('places 10,000 pods of 300 sizes within 3 % of its bound', async () => {
    const stream = randomStream(7, 'many');
    const nodes = Array.from({ length: 30 }, (_, k) => {
      const cpu = 2000 * 2 ** (k % 6);
      const perCpu = [2, 4, 8][Math.floor(k / 6) % 3] ?? 2;
      const price = Math.round(cpu * (20 + 3 * perCpu) * (1 + 0.1 * stream.uniform()));
      return { id: `n${k}`, capacity: [cpu - 70, cpu * perCpu - 500], price, most: Infinity };
    });
    const items = Array.from({ length: 300 }, (_, i) => ({
      id: `i${i}`,
      request: [50 + Math.floor(1000 * stream.uniform()), 100 + Math.floor(4000 * stream.uniform())],
      count: 1 + Math.floor(66 * stream.uniform()),
      maxPerNode: Infinity,
      nodes: nodes.map((_node, k) => k),
    }));
    const problem: PackingProblem = { resources: ['cpu', 'memory'], items, nodes, quotas: [], apart: [] };
    const answer = await solvePacking(problem, { solvers: SOLVERS, gap: 0.01, isPast: () => false });
    expect(packingFaults(problem, answer?.filled ?? [])).toEqual([]);
    expect(answer?.cost ?? Infinity).toBeLessThan(1.03 * (answer?.bound ?? 0));
  }, 60_000);
});
