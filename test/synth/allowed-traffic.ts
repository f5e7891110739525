import type { SynthesizedFile } from '../../src/synth/index.ts';

type Labels = Readonly<Record<string, string>>;

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { key: string; operator: string; values: readonly string[] }[];
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: object;
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
}
interface PolicySpec {
  readonly podSelector: Selector;
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** A pod as network policies see it. */
export interface Endpoint {
  readonly namespace: string;
  readonly labels: Labels;
}

/** Whether a selector takes these labels (Kubernetes, "Labels and Selectors": In alone is what we write). */
function matches(selector: Selector, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(
      ({ key, operator, values }) => operator === 'In' && values.includes(labels[key] ?? ''),
    )
  );
}

function isPeer(peer: Peer, pod: Endpoint, policyNamespace: string): boolean {
  if (peer.ipBlock !== undefined) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? pod.namespace === policyNamespace
      : matches(peer.namespaceSelector, { 'kubernetes.io/metadata.name': pod.namespace });
  return inNamespace && matches(peer.podSelector ?? {}, pod.labels);
}

/**
 * Whether a pod may open a TCP connection to another one, by the rules of Kubernetes ("Network Policies"): each end that any policy
 * selects needs one that lets the flow through; an end that none selects lets all through.
 */
export function mayConnect(
  files: readonly SynthesizedFile[],
  from: Endpoint,
  to: Endpoint,
  port: number,
): boolean {
  const policies = files.filter((file) => file.kind === 'NetworkPolicy');
  const isOpen = (end: Endpoint, other: Endpoint, side: 'ingress' | 'egress'): boolean => {
    const selecting = policies.filter(
      ({ namespace, manifest }) =>
        namespace === end.namespace &&
        matches((manifest['spec'] as unknown as PolicySpec).podSelector, end.labels),
    );
    const rules = selecting.flatMap(({ namespace, manifest }) =>
      ((manifest['spec'] as unknown as PolicySpec)[side] ?? []).map((rule) => ({ namespace, rule })),
    );
    return (
      selecting.length === 0 ||
      rules.some(
        ({ namespace, rule }) =>
          (rule.from ?? rule.to ?? []).some((peer) => isPeer(peer, other, namespace)) &&
          (rule.ports ?? [{ protocol: 'TCP', port }]).some(
            (item) => item.protocol === 'TCP' && item.port === port,
          ),
      )
    );
  };
  return isOpen(from, to, 'egress') && isOpen(to, from, 'ingress');
}
