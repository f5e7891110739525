import type { SynthesisSource } from '../../src/synth/index.ts';

/** The plan with nodes of all pools managed by their clouds. */
export function managed(source: SynthesisSource): SynthesisSource {
  const pools = source.problem.pools.map((pool) => ({ ...pool, nodeProvisioning: 'managed' as const }));
  return { ...source, problem: { ...source.problem, pools } };
}

/** The plan with all capacity on demand reserved instead. */
export function reserved(source: SynthesisSource): SynthesisSource {
  return JSON.parse(JSON.stringify(source).replaceAll('on-demand', 'reserved')) as SynthesisSource;
}
