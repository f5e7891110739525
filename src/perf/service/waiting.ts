/** How requests reach one of several replicas. */
export interface Arrivals {
  /** Variance over mean of the requests to all replicas in a long time; 1 for a Poisson process. */
  readonly dispersion: number;
  /** Share of them that this replica gets, at random, 0..1. */
  readonly share: number;
}

/** The queue in front of one replica: requests per second and how they arrive and are served. */
export interface QueueLoad {
  readonly rate: number;
  readonly arrivals: Arrivals;
  readonly servers: number;
  /** Mean time of a request at a server, seconds. */
  readonly serviceTime: number;
  /** Coefficient of variation of that time. */
  readonly variability: number;
}

/** Halvings of the interval of `foundBusy`. */
const ROOT_STEPS = 50;

/** Waiting before service: who waits, and for how long. Times in seconds. */
export interface Waiting {
  /** Share of requests that wait. */
  readonly share: number;
  /** Mean wait of all requests. */
  readonly mean: number;
  /** Mean and mean square of the wait of those that wait. */
  readonly conditionalMean: number;
  readonly conditionalSquare: number;
}

/** Busy share of the servers: rate × service time / servers. */
export function utilisationOf(load: QueueLoad): number {
  return (load.rate * load.serviceTime) / load.servers;
}

/**
 * Probability that a request waits in M/M/c at `utilisation` < 1 (Erlang's C formula, Erlang 1917), by the
 * recursion of his B formula, which no number of servers makes overflow.
 */
export function erlangC(servers: number, utilisation: number): number {
  const offered = servers * utilisation;
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked);
  return blocked / (1 - utilisation * (1 - blocked));
}

/**
 * Waiting in G/G/c, first come, first served, at a utilisation below 1.
 *
 * For Poisson arrivals the mean is that of Lee and Longton (1959; the formula of Allen and Cunneen, in Allen, Probability,
 * Statistics and Queueing Theory, 1990): that of M/M/c × (1 + squared CV of service) / 2, exact for one server. Other arrivals are
 * taken to have gamma-distributed gaps of which each replica gets a share at random: the load that an arrival finds, σ, takes
 * the place of the load in time, ρ, as is exact for exponential work (GI/M/c: Kleinrock, Queueing Systems 1, 1975, ch. 6), and the mean wait of those that wait
 * is scaled by (arrivals + service) / (arrivals + 1) in squared CVs as Allen and Cunneen do (assumed for σ). The spread of the
 * wait of those that wait is that of M/G/1 with a server c times as fast and gamma-distributed work (Takács' second moment).
 */
export function waitingIn(load: QueueLoad): Waiting {
  const utilisation = utilisationOf(load);
  if (utilisation <= 0) return { share: 0, mean: 0, conditionalMean: 0, conditionalSquare: 0 };
  if (utilisation >= 1) throw new RangeError('A queue at full load has no stationary waiting time.');
  const { dispersion, share: part } = load.arrivals;
  const gaps = 1 + part * (dispersion - 1);
  const spread = load.variability ** 2;
  const fast = load.serviceTime / load.servers;
  const found = foundBusy(utilisation, load.arrivals);
  const share = Math.min(1, (erlangC(load.servers, utilisation) * found) / utilisation);
  const conditionalMean = ((fast / (1 - found)) * (gaps + spread)) / (gaps + 1);
  const poissonMean = (fast * (1 + spread)) / (2 * (1 - utilisation));
  const poissonSquare =
    2 * utilisation * poissonMean ** 2 +
    (fast ** 2 * (1 + spread) * (1 + 2 * spread)) / (3 * (1 - utilisation));
  const conditionalSquare = poissonSquare * (conditionalMean / poissonMean) ** 2;
  return { share, mean: share * conditionalMean, conditionalMean, conditionalSquare };
}

/**
 * The root σ in (0, 1) of σ = A(cμ(1 − σ)), A the Laplace transform of the gaps at one replica: a thinned stream of gamma
 * gaps, p·f / (1 − (1 − p)·f) with f(z) = (1 + I·z/Λ)^(−1/I), Λ the rate and I the dispersion of the whole stream. For a
 * Poisson stream it is the utilisation.
 */
function foundBusy(utilisation: number, { dispersion, share }: Arrivals): number {
  if (Math.abs(dispersion - 1) * share < 1e-9) return utilisation;
  const transform = (sigma: number): number => {
    // In units of the gaps of the whole stream, the servers of one replica are share / utilisation fast.
    const z = ((1 - sigma) * share) / utilisation;
    const f = dispersion < 1e-6 ? Math.exp(-z) : Math.exp(-Math.log1p(dispersion * z) / dispersion);
    return (share * f) / (1 - (1 - share) * f);
  };
  let [low, high] = [0, 1];
  // Below the root the transform lies above the diagonal, between the root and 1 below it.
  for (let step = 0; step < ROOT_STEPS; step++) {
    const middle = (low + high) / 2;
    if (transform(middle) > middle) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Two exponential phases with the given mean and mean square. `side-by-side`: one of them with the given share (spread
 * above exponential, balanced means; Whitt 1982); `in-turn`: both one after the other (spread below it, not below that of two equal
 * phases, which is the safe side).
 */
export interface TwoPhases {
  readonly kind: 'side-by-side' | 'in-turn';
  /** Share of the first phase when side by side. */
  readonly share: number;
  readonly first: number;
  readonly second: number;
}

/** The two exponential phases of a wait with this mean and mean square, seconds. */
export function twoPhases(mean: number, square: number): TwoPhases {
  const spread = square / mean ** 2 - 1;
  if (spread >= 1) {
    const share = (1 + Math.sqrt((spread - 1) / (spread + 1))) / 2;
    return { kind: 'side-by-side', share, first: mean / (2 * share), second: mean / (2 * (1 - share)) };
  }
  const difference = Math.sqrt(Math.max(0, 2 * spread - 1));
  return {
    kind: 'in-turn',
    share: 1,
    first: (mean * (1 + difference)) / 2,
    second: (mean * (1 - difference)) / 2,
  };
}
