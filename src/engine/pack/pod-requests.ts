import type { Diagnostic } from '../../diagnostics/index.ts';
import { fieldsAt, fieldsOf, recordsOf } from '../import-manifests/fields.ts';
import type { Fields } from '../import-manifests/fields.ts';
import { amountsOf, maximumOf, sumOf } from './amounts.ts';

/**
 * What the scheduler reserves for a pod: the larger of (1) all containers and sidecars together and (2) the largest init container with the sidecars started before it, plus the
 * overhead; requests of the pod itself, where given, replace the sum (Kubernetes documentation, "Sidecar containers" and "Assign pod-level resources",
 * read 2026-11). A container's limit stands for a request that is absent. Every pod takes one of `pods`.
 */
export function podRequests(spec: Fields, path: string, problems: Diagnostic[]): ReadonlyMap<string, number> {
  const requestsOf = (container: Fields, place: string): ReadonlyMap<string, number> => {
    const resources = fieldsAt(container, 'resources');
    const both = { ...fieldsOf(resources['limits']), ...fieldsOf(resources['requests']) };
    return amountsOf(both, `${path}.spec.${place}.resources`, Math.ceil, problems);
  };
  let running: ReadonlyMap<string, number> = new Map();
  let starting: ReadonlyMap<string, number> = new Map();
  recordsOf(spec['initContainers']).forEach((container, i) => {
    const own = requestsOf(container, `initContainers[${String(i)}]`);
    if (container['restartPolicy'] === 'Always') running = sumOf(running, own);
    starting = maximumOf(starting, container['restartPolicy'] === 'Always' ? running : sumOf(running, own));
  });
  recordsOf(spec['containers']).forEach((container, i) => {
    running = sumOf(running, requestsOf(container, `containers[${String(i)}]`));
  });
  const ofPod = fieldsAt(spec, 'resources', 'requests');
  const own = amountsOf(ofPod, `${path}.spec.resources.requests`, Math.ceil, problems);
  const overhead = amountsOf(spec['overhead'], `${path}.spec.overhead`, Math.ceil, problems);
  const total = new Map([...maximumOf(running, starting), ...own]);
  return new Map([...sumOf(total, overhead), ['pods', 1]]);
}
