import { describe, expect, it } from 'vitest';
import type { PackedNodes } from '../../../model/index.ts';
import { fleetMoves } from './fleet-moves.ts';

const nodes = (offering: string, count: number, pods: PackedNodes['pods']): PackedNodes => ({
  offering,
  window: 'w0',
  nodes: count,
  pods,
});
const moves = (before: readonly PackedNodes[], after: readonly PackedNodes[]) =>
  fleetMoves(before, after, { window: 'w0', shapes: new Map() });

describe('moves from one packing to the next', () => {
  it('are none between equal packings, however nodes are grouped', () => {
    const after = moves([nodes('a', 3, { x: 2 })], [nodes('a', 1, { x: 2 }), nodes('a', 2, { x: 2 })]);
    expect(after.pods).toEqual({ kept: 6, moved: 0, added: 0, removed: 0 });
    expect(after.nodes).toEqual({ kept: 3, added: 0, removed: 0 });
  });

  it('count a pod that changes its offering once, and nodes on both sides', () => {
    const after = moves([nodes('a', 1, { x: 1, y: 1 })], [nodes('b', 1, { x: 1, y: 1 })]);
    expect(after.pods).toEqual({ kept: 0, moved: 2, added: 0, removed: 0 });
    expect(after.nodes).toEqual({ kept: 0, added: 1, removed: 1 });
  });

  it('count pods that change places between nodes of one offering', () => {
    const before = [nodes('a', 1, { x: 3 }), nodes('a', 1, { y: 3 })];
    const after = [nodes('a', 1, { x: 2, y: 1 }), nodes('a', 1, { x: 1, y: 2 })];
    expect(moves(before, after).pods).toEqual({ kept: 4, moved: 2, added: 0, removed: 0 });
  });

  it('tell added and removed pods from moved ones', () => {
    const before = [nodes('a', 1, { x: 2 }), nodes('b', 1, { z: 2 })];
    const after = [nodes('a', 1, { x: 1 }), nodes('c', 1, { x: 4 })];
    expect(moves(before, after).pods).toEqual({ kept: 1, moved: 1, added: 3, removed: 2 });
  });
});
