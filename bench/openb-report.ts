/** Figures of bench:openb: means, differences by seed, the authors' published figures beside ours. */

const OURS = 'bid-price';
/** Names of the policies in the published results. */
const PUBLISHED_NAMES: Readonly<Record<string, string>> = {
  fgd: 'FGD',
  'best-fit': 'BestFit',
  'dot-product': 'DotProd',
  'gpu-packing': 'GpuPacking',
  'gpu-clustering': 'GpuClustering',
  random: 'Random',
};

/** Runs of one policy on one list: allocated GPU per cent, one value per seed, and CPU seconds in all. */
export interface PolicyRuns {
  readonly at100: readonly number[];
  readonly at130: readonly number[];
  readonly cpuSeconds: number;
}

/** Allocated GPU per cent of the offline mode for one seed. */
export interface Offline {
  readonly greedyAt100: number;
  readonly boundAt100: number;
}

/** A mean over seeds with its standard error (0 for one seed). */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

interface PolicyReport {
  readonly at100: Estimate;
  readonly at130: Estimate;
  readonly cpuSecondsPerRun: number;
  /** Means that the authors published for the same list and policy. */
  readonly published?: { readonly at100: number; readonly at130: number };
}

/** One list. */
export interface ListReport {
  readonly list: string;
  readonly pods: number;
  readonly policies: Readonly<Record<string, PolicyReport>>;
  /** Ours less our FGD by seed, in points of GPU per cent. */
  readonly margin?: { readonly at100: Estimate; readonly at130: Estimate };
  /** Mean of ours less the published mean of FGD. */
  readonly marginOverPublished?: { readonly at100: number; readonly at130: number };
  readonly offline: Offline;
}

type Published = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>> | undefined;

/** The figures of one list. */
export function listReport(input: {
  readonly list: string;
  readonly pods: number;
  readonly runs: ReadonlyMap<string, PolicyRuns>;
  readonly offline: readonly Offline[];
  readonly published: Published;
}): ListReport {
  const { list, pods, runs, offline, published } = input;
  const policies = Object.fromEntries(
    [...runs].map(([name, of]) => [name, policyReport(name, of, published)]),
  );
  const ours = runs.get(OURS);
  const fgd = runs.get('fgd');
  const theirs = publishedOf('fgd', published);
  return {
    list,
    pods,
    policies,
    ...(ours !== undefined && fgd !== undefined
      ? { margin: { at100: differenceOf(ours.at100, fgd.at100), at130: differenceOf(ours.at130, fgd.at130) } }
      : {}),
    ...(ours !== undefined && theirs !== undefined
      ? {
          marginOverPublished: {
            at100: meanOf(ours.at100).mean - theirs.at100,
            at130: meanOf(ours.at130).mean - theirs.at130,
          },
        }
      : {}),
    offline: {
      greedyAt100: meanOf(offline.map((one) => one.greedyAt100)).mean,
      boundAt100: meanOf(offline.map((one) => one.boundAt100)).mean,
    },
  };
}

/** The whole run: the worst margins and how far our rivals are from their published figures. */
export function summaryOf(
  lists: readonly ListReport[],
  run: { readonly seeds: number; readonly firstSeed: number; readonly cpuSeconds: number },
): Readonly<Record<string, unknown>> {
  const least = (numbers: readonly (number | undefined)[]): number | undefined => {
    const known = numbers.filter((number) => number !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  const overOurs = least(lists.flatMap(({ margin }) => [margin?.at100.mean, margin?.at130.mean]));
  const overPublished = least(
    lists.flatMap((one) => [one.marginOverPublished?.at100, one.marginOverPublished?.at130]),
  );
  return {
    benchmark: 'openb',
    ...run,
    unit: 'allocated GPU per cent of capacity at the arrived GPU demand; margins in points',
    worstMargin: least([overOurs, overPublished]),
    worstMarginOverOurFgd: overOurs,
    worstMarginOverPublishedFgd: overPublished,
    worstMarginAt100: least(lists.map(({ margin }) => margin?.at100.mean)),
    rivalsAgainstPublished: rivalCheck(lists),
    offlineIsAnotherGame: 'all pods known before, any order, pods may be left out',
    lists,
  };
}

/** Mean with standard error. */
export function meanOf(numbers: readonly number[]): Estimate {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  if (numbers.length < 2) return { mean, standardError: 0 };
  const squares = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (numbers.length - 1) / numbers.length) };
}

/** Mean difference by seed. */
export function differenceOf(ours: readonly number[], theirs: readonly number[]): Estimate {
  return meanOf(ours.map((number, i) => number - theirs[i]!));
}

function policyReport(
  name: string,
  { at100, at130, cpuSeconds }: PolicyRuns,
  published: Published,
): PolicyReport {
  const theirs = publishedOf(name, published);
  return {
    at100: meanOf(at100),
    at130: meanOf(at130),
    cpuSecondsPerRun: cpuSeconds / at100.length,
    ...(theirs === undefined ? {} : { published: theirs }),
  };
}

function publishedOf(
  name: string,
  published: Published,
): { readonly at100: number; readonly at130: number } | undefined {
  const loads = published?.get(PUBLISHED_NAMES[name] ?? name);
  const at100 = loads?.get(100);
  const at130 = loads?.get(130);
  if (at100 === undefined || at130 === undefined) return undefined;
  return { at100: meanOf(at100).mean, at130: meanOf(at130).mean };
}

/** Per rival, our mean less the published one over the lists that have one: the mean and the largest absolute difference. */
function rivalCheck(lists: readonly ListReport[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.keys(PUBLISHED_NAMES).flatMap((name) => {
      const differences = lists.flatMap(({ policies }) => {
        const of = policies[name];
        return of?.published === undefined ? [] : [of.at100.mean - of.published.at100];
      });
      if (differences.length === 0) return [];
      const largest = Math.max(...differences.map((difference) => Math.abs(difference)));
      return [
        [
          name,
          { lists: differences.length, meanDifferenceAt100: meanOf(differences).mean, largestAt100: largest },
        ],
      ];
    }),
  );
}
