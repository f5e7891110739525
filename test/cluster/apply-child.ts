/**
 * Applies the objects of a file in a process of its own, so that a test can kill it: `node apply-child.ts KUBECONFIG FILE`. The file holds the stack and
 * its objects as JSON. Prints `writing` before the first write and how the rollout ended.
 */
import { readFileSync } from 'node:fs';
import type { ClusterObject } from '../../src/apply/index.ts';
import { applyObjects, clientOf } from './apply-fixtures.ts';

const [, , kubeconfig = '', file = ''] = process.argv;
const request = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly stack: string;
  readonly manifests: readonly ClusterObject[];
};
let isWriting = false;
const { result, prepared } = await applyObjects(await clientOf(kubeconfig), request, {
  onProgress: () => {
    if (!isWriting) console.log('writing');
    isWriting = true;
  },
});
const problems = [...prepared.diagnostics, ...(result?.diagnostics ?? [])];
console.log(JSON.stringify({ outcome: result?.outcome ?? 'refused', problems }));
process.exitCode = result?.outcome === 'complete' ? 0 : 1;
