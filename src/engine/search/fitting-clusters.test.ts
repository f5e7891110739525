import { describe, expect, it } from 'vitest';
import type { Precision } from '../../model/index.ts';
import { seconds } from '../../units/index.ts';
import { quietHost } from '../testing/host.ts';
import { fittingClusters } from './fitting-clusters.ts';
import { resolveSearch } from './resolve-search.ts';
import { searchBy } from './search-cluster.ts';
import type { SearchClusterOptions } from './search-options.ts';
import { recordingSearch } from './testing/found-plans.ts';

const optionsFor = (
  model: string,
  accelerators: number,
  name: string,
  precisions: readonly Precision[],
): SearchClusterOptions => ({
  model,
  cluster: [{ accelerators, name }],
  precisions,
  isl: 1000,
  osl: 300,
  requestRate: 1,
  limits: [{ metric: 'ttft', percentile: 'p99', limit: seconds(1) }],
});

async function changesFor(options: SearchClusterOptions): Promise<readonly string[]> {
  const search = await resolveSearch(options, quietHost());
  if (!search.ok) throw new Error(search.diagnostics.map((item) => item.summary).join('\n'));
  return fittingClusters(search.value);
}

describe('fittingClusters', () => {
  it('names the sizes next to one that no parallelism divides, and a smaller format', async () => {
    expect(await changesFor(optionsFor('llama-3.1-70b-instruct', 7, 'h100', ['bf16']))).toEqual([
      '--cluster 4xh100-sxm',
      '--cluster 8xh100-sxm',
      '--precisions fp8',
    ]);
  });

  it('names the fewest accelerators that hold a model, over several nodes where one does not', async () => {
    expect(await changesFor(optionsFor('llama-3.1-70b-instruct', 1, 'h100', ['bf16']))).toEqual([
      '--cluster 2xh100-sxm',
      '--precisions fp8',
    ]);
    expect(await changesFor(optionsFor('llama-3.1-405b', 8, 'h100', ['bf16']))).toEqual([
      '--cluster 16xh100-sxm',
      '--precisions fp8',
    ]);
  });

  it('stands as the fix of a search in which nothing fits', async () => {
    const binding = [{ constraint: 'hardware/x', description: 'No configuration can run' }];
    const outcome = await searchBy(
      optionsFor('llama-3.1-70b-instruct', 1, 'h100', ['bf16']),
      recordingSearch(() => ({ binding })),
      quietHost(),
    );
    expect(outcome.diagnostics[0]).toMatchObject({
      path: '--cluster',
      fix: 'It fits with --cluster 2xh100-sxm, or --precisions fp8.',
    });
  });
});
