/** The queue in front of one replica: requests per second and how they arrive and are served. */
export interface QueueLoad {
  readonly rate: number;
  readonly servers: number;
  /** Mean time of a request at a server, seconds. */
  readonly serviceTime: number;
  /** Coefficient of variation of that time. */
  readonly variability: number;
  /** Squared coefficient of variation of the gaps between arrivals; 1 for a Poisson process. */
  readonly arrivalVariability: number;
}

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
 * Waiting in G/G/c, first come first served, at a utilisation below 1.
 *
 * Mean: that of M/M/c × (squared CV of arrivals + squared CV of service) / 2 (Allen and Cunneen, in Allen,
 * Probability, Statistics and Queueing Theory, 1990; for Poisson arrivals it is the formula of Lee and Longton, 1959, and
 * exact for one server). Share that waits: Erlang's C × the factor of Whitt's Queueing Network Analyzer (Bell System
 * Technical Journal 62, 1983, eqs. 49-50, after Krämer and Langenbach-Belz, 1976), which is 1 for Poisson arrivals. Spread of the wait of those that
 * wait: as in M/G/1 with a server c times as fast and gamma-distributed work (Takács' second moment), scaled to the mean.
 */
export function waitingIn(load: QueueLoad): Waiting {
  const utilisation = utilisationOf(load);
  if (utilisation <= 0) return { share: 0, mean: 0, conditionalMean: 0, conditionalSquare: 0 };
  if (utilisation >= 1) throw new RangeError('A queue at full load has no stationary waiting time.');
  const { servers, arrivalVariability } = load;
  const spread = load.variability ** 2;
  const delayed = erlangC(servers, utilisation);
  const fast = load.serviceTime / servers;
  const mean = ((delayed * fast) / (1 - utilisation)) * ((arrivalVariability + spread) / 2);
  const share = Math.min(1, delayed * delayFactor(utilisation, arrivalVariability, spread));
  const conditionalMean = share > 0 ? mean / share : 0;
  const poissonMean = (fast * (1 + spread)) / (2 * (1 - utilisation));
  const poissonSquare =
    2 * utilisation * poissonMean ** 2 +
    (fast ** 2 * (1 + spread) * (1 + 2 * spread)) / (3 * (1 - utilisation));
  const conditionalSquare = poissonSquare * (conditionalMean / poissonMean) ** 2;
  return { share, mean, conditionalMean, conditionalSquare };
}

/** What arrivals that are no Poisson process do to the share of requests that wait (Whitt 1983, eqs. 49-50). */
function delayFactor(utilisation: number, arrivals: number, service: number): number {
  const square = utilisation ** 2 * (4 * arrivals + service);
  const h =
    arrivals <= 1
      ? (1 + arrivals + utilisation * service) / (1 + utilisation * (service - 1) + square)
      : (4 * utilisation) / (arrivals + square);
  return Math.max(0, 1 + (arrivals - 1) * (1 - utilisation) * h);
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
