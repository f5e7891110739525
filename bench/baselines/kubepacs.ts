/**
 * KubePACS' choice of nodes for equal pods (ddps-lab/KubePACS, kubepacs_cli.py and figures/common/library, read 2026-11; arXiv 2604.24027): whole
 * numbers of nodes x of every offering, each at most its `most`, that hold the pods and minimise
 * (1 − α) Σ price/least price · x − α Σ performance/least performance · x, where the performance of a node is the score of one core times the
 * pods that it holds; α by golden section search over 0 to 1 (tolerance 0.01, at most 20 steps) for the most performance per dollar and pod held.
 * With one covering row the program is a bounded knapsack, solved here exactly by dynamic programming in place of CBC.
 * Left out: scores for disk and network, fetching of prices and of Spot Placement Scores (`most` stands for the latter), zones as a rule.
 */

/** An offering as it looks to pods of one size. */
export interface KubePacsOffering {
  readonly id: string;
  /** Price of one node per hour. */
  readonly price: number;
  /** Pods of the size asked for that one node holds; offerings with none are passed over. */
  readonly pods: number;
  /** Score of one core. */
  readonly score: number;
  /** Most nodes. */
  readonly most: number;
}

/** Nodes chosen. */
export interface KubePacsChoice {
  /** Pairs of offering id and nodes ≥ 1, in the order of the offerings. */
  readonly nodes: readonly (readonly [id: string, count: number])[];
  /** Price of all nodes per hour. */
  readonly price: number;
  readonly performance: number;
  /** Pods that the nodes hold. */
  readonly pods: number;
  readonly alpha: number;
}

const TOLERANCE = 0.01;
const MOST_STEPS = 20;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** The choice with the most performance per dollar and pod; undefined when the offerings do not hold the pods. */
export function kubePacs(offerings: readonly KubePacsOffering[], pods: number): KubePacsChoice | undefined {
  const usable = offerings.filter((offering) => offering.pods > 0 && offering.most > 0);
  let best: KubePacsChoice | undefined;
  const merit = (choice: KubePacsChoice): number => choice.performance / (choice.price * choice.pods);
  const judge = (alpha: number): number => {
    const choice = chooseNodes(usable, pods, alpha);
    if (choice === undefined) return -Infinity;
    if (best === undefined || merit(choice) > merit(best)) best = choice;
    return merit(choice);
  };
  let [left, right] = [0, 1];
  let [low, high] = [1 - GOLDEN, GOLDEN];
  judge(left);
  let [atLow, atHigh] = [judge(low), judge(high)];
  judge(right);
  for (let step = 0; right - left > TOLERANCE && step < MOST_STEPS; step++) {
    if (atLow >= atHigh) {
      [right, high, atHigh] = [high, low, atLow];
      low = left + (1 - GOLDEN) * (right - left);
      atLow = judge(low);
    } else {
      [left, low, atLow] = [low, high, atHigh];
      high = left + GOLDEN * (right - left);
      atHigh = judge(high);
    }
  }
  return best;
}

/** The whole numbers of nodes that minimise the weighted aims for one α. */
export function chooseNodes(
  offerings: readonly KubePacsOffering[],
  pods: number,
  alpha: number,
): KubePacsChoice | undefined {
  const leastPrice = Math.min(...offerings.map(({ price }) => price));
  const leastPerformance = Math.min(...offerings.map((offering) => offering.score * offering.pods));
  const weights = offerings.map(
    (offering) =>
      ((1 - alpha) * offering.price) / leastPrice -
      (alpha * offering.score * offering.pods) / leastPerformance,
  );
  // What lowers the aim by itself is taken as often as can be; the rest covers what is left.
  const counts = offerings.map((offering, at) => ((weights[at] ?? 0) < 0 ? offering.most : 0));
  const held = counts.reduce((sum, count, at) => sum + count * (offerings[at]?.pods ?? 0), 0);
  const covering = cover(offerings, weights, Math.max(0, pods - held));
  if (covering === undefined) return undefined;
  covering.forEach((count, at) => (counts[at] = (counts[at] ?? 0) + count));
  const total = (of: (offering: KubePacsOffering) => number): number =>
    offerings.reduce((sum, offering, at) => sum + of(offering) * (counts[at] ?? 0), 0);
  return {
    nodes: offerings.flatMap(({ id }, at): [string, number][] => {
      const count = counts[at] ?? 0;
      return count > 0 ? [[id, count]] : [];
    }),
    price: total(({ price }) => price),
    performance: total((offering) => offering.score * offering.pods),
    pods: total((offering) => offering.pods),
    alpha,
  };
}

/** Least weight of nodes that hold `pods`, by offerings with weights ≥ 0, each in lots of 1, 2, 4, … nodes. */
function cover(
  offerings: readonly KubePacsOffering[],
  weights: readonly number[],
  pods: number,
): Int32Array | undefined {
  const lots = offerings.flatMap((offering, at) => {
    const weight = weights[at] ?? 0;
    if (weight < 0) return [];
    const most = Math.min(offering.most, Math.ceil(pods / offering.pods));
    const sizes: number[] = [];
    for (let left = most, size = 1; left > 0; size *= 2) {
      sizes.push(Math.min(size, left));
      left -= size;
    }
    return sizes.map((count) => ({ at, count, pods: count * offering.pods, weight: count * weight }));
  });
  const least = new Float64Array(pods + 1).fill(Infinity);
  least[0] = 0;
  const isTaken = lots.map((lot) => {
    const taken = new Uint8Array(pods + 1);
    for (let held = pods; held > 0; held--) {
      const value = (least[Math.max(0, held - lot.pods)] ?? Infinity) + lot.weight;
      if (value >= (least[held] ?? Infinity)) continue;
      least[held] = value;
      taken[held] = 1;
    }
    return taken;
  });
  if (least[pods] === Infinity) return undefined;
  const counts = new Int32Array(offerings.length);
  let held = pods;
  for (let at = lots.length - 1; at >= 0 && held > 0; at--) {
    const lot = lots[at];
    if (lot === undefined || isTaken[at]?.[held] !== 1) continue;
    counts[lot.at] = (counts[lot.at] ?? 0) + lot.count;
    held = Math.max(0, held - lot.pods);
  }
  return counts;
}
