import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { ClusterOptions, LoadOptions, SearchClusterOptions } from './search-options.ts';

const usage = (summary: string, fix: string, path = ''): Diagnostic =>
  diagnostic('engine-usage', { summary, fix, path });

/** Options that contradict each other or say too little: `engine-usage`, all at once. */
export function wrongOptions(options: SearchClusterOptions): readonly Diagnostic[] {
  return [...wrongCluster(options), ...wrongRequests(options), ...wrongLoad(options), ...wrongAims(options)];
}

function wrongCluster({ cluster, instanceType, nodes, price }: ClusterOptions): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  if ((cluster === undefined) === (instanceType === undefined)) {
    problems.push(
      usage(
        cluster === undefined
          ? 'The accelerators are not stated.'
          : '--cluster and --instance-type exclude each other.',
        'State one of them: --cluster 8xh100_sxm, or --instance-type p5.48xlarge --nodes 1.',
      ),
    );
  } else if (nodes !== undefined && instanceType === undefined) {
    problems.push(
      usage(
        '--nodes counts nodes of an instance type, and none is named.',
        'Name it with --instance-type, or count accelerators in --cluster.',
        '--nodes',
      ),
    );
  }
  if (price !== undefined && new Set(cluster?.map((part) => part.name)).size > 1) {
    problems.push(
      usage(
        '--price is that of one accelerator, and the cluster has several kinds.',
        'Leave it out: the catalogue has prices of most; or search one kind at a time.',
        '--price',
      ),
    );
  }
  return problems;
}

function wrongRequests({ isl, osl, lengthSpread, profile, trace }: LoadOptions): readonly Diagnostic[] {
  const hasLengths = isl !== undefined || osl !== undefined;
  const sources = [
    ...(hasLengths ? ['--isl and --osl'] : []),
    ...(profile === undefined ? [] : ['--profile']),
    ...(trace === undefined ? [] : ['--trace']),
  ];
  const problems: Diagnostic[] = [];
  if (sources.length > 1)
    problems.push(usage(`${sources.join(' and ')} exclude each other.`, 'State the requests in one way.'));
  if (sources.length === 0)
    problems.push(
      usage('The requests are not stated.', 'Add --isl 1000 --osl 300, --profile NAME, or --trace FILE.'),
    );
  if (hasLengths && (isl === undefined || osl === undefined))
    problems.push(usage('One of --isl and --osl is missing.', 'State both, such as --isl 1000 --osl 300.'));
  if (lengthSpread !== undefined && !hasLengths && sources.length > 0)
    problems.push(
      usage(
        '--length-spread varies --isl and --osl, which are not stated.',
        'Leave it out: profiles and traces have lengths of their own.',
        '--length-spread',
      ),
    );
  return problems;
}

function wrongLoad({ requestRate, clients, burstiness }: LoadOptions): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (requestRate !== undefined && clients !== undefined)
    problems.push(
      usage(
        '--rate and --concurrency exclude each other.',
        'State one of them: --rate 4 (requests per second) or --concurrency 32 (clients); neither for the most the cluster carries.',
      ),
    );
  if (burstiness !== undefined && clients !== undefined)
    problems.push(
      usage(
        '--burstiness says how requests arrive, but clients ask again when they are answered.',
        'Leave it out, or state a --rate.',
        '--burstiness',
      ),
    );
  return problems;
}

function wrongAims(options: SearchClusterOptions): readonly Diagnostic[] {
  const { limits, objective, requestRate, clients } = options;
  const problems: Diagnostic[] = [];
  if (limits.length === 0)
    problems.push(
      usage(
        'No latency limit is stated: any configuration would do.',
        'State what users must get, such as --ttft-p99 1s --tpot-p99 50ms.',
      ),
    );
  const hasDemand = requestRate !== undefined || clients !== undefined;
  if (!hasDemand && (objective === 'cost' || objective === 'accelerators'))
    problems.push(
      usage(
        `The objective ${objective} needs a demand: without one the plans fill the cluster.`,
        'Add --rate or --concurrency, or choose --objective cost-per-token or throughput-per-accelerator.',
        '--objective',
      ),
    );
  return problems;
}
