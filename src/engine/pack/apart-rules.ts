import { fieldsAt, listOf, recordsOf, textOf } from '../import-manifests/fields.ts';
import { selects } from '../import-manifests/label-selector.ts';
import type { ClusterPod } from './cluster.ts';
import { REQUIRED } from './node-rules.ts';

const HOSTNAME = 'kubernetes.io/hostname';

/** A rule of one pod: keep off the nodes of pods like these. */
interface ApartTerm {
  readonly namespaces: readonly string[];
  readonly isEveryNamespace: boolean;
  readonly selector: unknown;
}

/**
 * Pairs of pods that must not share a node: required anti-affinity over host names, and host ports claimed by both. Per pod, the indices of the others.
 */
export function podsApart(pods: readonly ClusterPod[]): readonly (readonly number[])[] {
  const terms = pods.map(hostTerms);
  const ports = pods.map(hostPorts);
  return pods.map((_, index) => {
    if (terms[index]!.length === 0 && ports[index]!.length === 0) return [];
    return pods.flatMap((other, at) => {
      if (at === index) return [];
      const byRule = terms[index]!.some((term) => applies(term, other));
      const byPort = ports[index]!.some((port) => ports[at]!.includes(port));
      return byRule || byPort ? [at] : [];
    });
  });
}

/** Required rules towards other pods that the packing does not model: affinity, and anti-affinity over zones and the like. */
export function hasUnmodelledPodRules(pod: ClusterPod): boolean {
  return (
    listOf(fieldsAt(pod.spec, 'affinity', 'podAffinity')[REQUIRED]).length > 0 ||
    requiredTerms(pod).some((term) => textOf(term['topologyKey']) !== HOSTNAME)
  );
}

function requiredTerms(pod: ClusterPod): ReturnType<typeof recordsOf> {
  return recordsOf(fieldsAt(pod.spec, 'affinity', 'podAntiAffinity')[REQUIRED]);
}

function hostTerms(pod: ClusterPod): readonly ApartTerm[] {
  return requiredTerms(pod)
    .filter((term) => textOf(term['topologyKey']) === HOSTNAME)
    .map((term) => {
      const named = listOf(term['namespaces']).map((name) => textOf(name) ?? '');
      return {
        namespaces: named.length > 0 ? named : [pod.namespace],
        // Labels of namespaces are not in a dump: a selector over them is taken to select all, which is the careful reading.
        isEveryNamespace: term['namespaceSelector'] !== undefined && term['namespaceSelector'] !== null,
        selector: term['labelSelector'],
      };
    });
}

function applies(term: ApartTerm, other: ClusterPod): boolean {
  const reaches = term.isEveryNamespace || term.namespaces.includes(other.namespace);
  return reaches && selects(term.selector, other.labels);
}

function hostPorts(pod: ClusterPod): readonly string[] {
  return recordsOf(pod.spec['containers']).flatMap((container) =>
    recordsOf(container['ports']).flatMap((port) => {
      const number =
        pod.spec['hostNetwork'] === true ? (port['hostPort'] ?? port['containerPort']) : port['hostPort'];
      return typeof number === 'number' && number > 0
        ? [`${String(number)}/${textOf(port['protocol']) ?? 'TCP'}`]
        : [];
    }),
  );
}
