import type { ClusterState } from '../../src/optimize/online-packing/index.ts';

/** The score of a node for a shape that fits there: higher is better. Must depend on the state of that node alone. */
export type NodeScore = (shape: number, node: number) => number;

interface ScoresOfShape {
  readonly score: Float64Array;
  /** Version of the node that the score holds for; -1 before the first. */
  readonly version: Int32Array;
}

/**
 * The node with the highest score, as the scheduler of the FGD experiments picks it: of equal scores the first in the order of
 * the nodes (there the smallest name, names being given in an order drawn per seed). Scores are kept per shape and node and
 * computed again only after the node has changed.
 */
export class NodeScores {
  readonly #cluster: ClusterState;
  readonly #score: NodeScore;
  readonly #kept: ScoresOfShape[] = [];

  constructor(cluster: ClusterState, score: NodeScore) {
    this.#cluster = cluster;
    this.#score = score;
  }

  /** The best node where the shape fits, or -1. */
  best(shape: number): number {
    const kept = this.#scoresOf(shape);
    const { version } = this.#cluster;
    let best = -1;
    let top = -Infinity;
    for (let node = 0; node < version.length; node++) {
      if (kept.version[node] !== version[node]) {
        kept.version[node] = version[node]!;
        kept.score[node] = this.#cluster.fits(shape, node) ? this.#score(shape, node) : NaN;
      }
      if (!(kept.score[node]! > top)) continue;
      top = kept.score[node]!;
      best = node;
    }
    return best;
  }

  #scoresOf(shape: number): ScoresOfShape {
    const nodes = this.#cluster.nodes.length;
    return (this.#kept[shape] ??= {
      score: new Float64Array(nodes),
      version: new Int32Array(nodes).fill(-1),
    });
  }
}
