import { expect, test } from 'vitest';
import type { ClusterObject } from '../../src/apply/index.ts';
import { pulumiPrograms } from '../../src/synth/index.ts';
import { PLAN_SOURCE } from '../synth/plan-source.ts';
import { clientOf } from './apply-fixtures.ts';
import { describeCluster } from './support/describe-cluster.ts';

describeCluster('the node class that Pulumi programs are made for', ({ kubeconfig }) => {
  test('is accepted by the API server with the rules of its definition', async () => {
    const programs = pulumiPrograms(PLAN_SOURCE);
    const objects = programs.ok ? programs.value.flatMap(({ nodeClasses }) => nodeClasses) : [];
    expect(objects.map(({ kind }) => kind)).toEqual(['EC2NodeClass']);
    const client = await clientOf(kubeconfig);
    for (const object of objects) {
      const options = { fieldManager: 'plimsoll', force: false, isDryRun: true };
      const held = await client.apply(object as unknown as ClusterObject, options);
      expect(held.metadata.uid).toBeDefined();
      // What the server does not know it would drop.
      expect(held).toMatchObject({ spec: object['spec'] });
    }
  });

  test('is refused where it names no subnets, so that the acceptance above means something', async () => {
    const programs = pulumiPrograms(PLAN_SOURCE);
    const [object] = programs.ok ? programs.value.flatMap(({ nodeClasses }) => nodeClasses) : [];
    const changed = { ...object, spec: { ...(object?.['spec'] as object), subnetSelectorTerms: [] } };
    const client = await clientOf(kubeconfig);
    const options = { fieldManager: 'plimsoll', force: false, isDryRun: true };
    await expect(client.apply(changed as unknown as ClusterObject, options)).rejects.toMatchObject({
      failure: 'invalid',
    });
  });
});
