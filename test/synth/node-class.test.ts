import { expect, it } from 'vitest';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource } from '../../src/synth/index.ts';
import { PLAN_SOURCE } from './plan-source.ts';

/** Names of the node classes that the node pools of a plan refer to, by kind. */
function nodeClasses(source: SynthesisSource): readonly string[] {
  const files = synthesize(source, { profile: 'vanilla' });
  if (!files.ok) throw new Error('nothing is written');
  const references = files.value
    .filter(({ kind }) => kind === 'NodePool')
    .map(
      ({ manifest }) =>
        (
          manifest['spec'] as unknown as {
            template: { spec: { nodeClassRef: { kind: string; name: string } } };
          }
        ).template.spec.nodeClassRef,
    );
  return [...new Set(references.map(({ kind, name }) => `${kind}/${name}`))].sort();
}

it('node pools refer to the node class of their stack, on Azure to the one that the cluster makes', () => {
  expect(nodeClasses(PLAN_SOURCE)).toEqual(['AKSNodeClass/default', 'EC2NodeClass/prod']);
});

it('a pool may name a node class of its own', () => {
  const pools = PLAN_SOURCE.problem.pools.map((pool) => ({ ...pool, nodeClass: 'gpu-nodes' }));
  const problem = { ...PLAN_SOURCE.problem, pools };
  expect(nodeClasses({ ...PLAN_SOURCE, problem })).toEqual([
    'AKSNodeClass/gpu-nodes',
    'EC2NodeClass/gpu-nodes',
  ]);
});
