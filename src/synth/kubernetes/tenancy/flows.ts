import type { JsonObject } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';

type Labels = Readonly<Record<string, string>>;

/** Traffic in one direction between the pods of a policy and any of its peers. */
export interface Flow {
  /** Peers as Kubernetes writes them; at least one. */
  readonly peers: readonly JsonObject[];
  /** Ports at the receiving end; empty for all. */
  readonly ports: readonly FlowPort[];
}

/** A port at the receiving end of a flow. */
export interface FlowPort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** What a policy lets through; all other traffic of its pods is denied in both directions. */
export interface PolicyFacts {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** Pods of its namespace that it holds for. */
  readonly pods: JsonObject;
  readonly ingress: readonly Flow[];
  readonly egress: readonly Flow[];
}

/** Label that every namespace has (Kubernetes, "Automatic labelling"). */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** The NetworkPolicy of these flows. */
export function networkPolicy({ name, namespace, labels, pods, ingress, egress }: PolicyFacts): ObjectFacts {
  const rule = (side: 'from' | 'to', { peers, ports }: Flow): JsonObject => ({
    [side]: peers,
    ...(ports.length === 0 ? {} : { ports: ports.map((port): JsonObject => ({ ...port })) }),
  });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels },
    spec: {
      podSelector: pods,
      policyTypes: ['Ingress', 'Egress'],
      ...(ingress.length === 0 ? {} : { ingress: ingress.map((flow) => rule('from', flow)) }),
      ...(egress.length === 0 ? {} : { egress: egress.map((flow) => rule('to', flow)) }),
    },
  };
}

/** TCP at these ports. */
export function tcp(...ports: readonly number[]): readonly FlowPort[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

/** Pods of the policy's own namespace. */
export function podsWith(matchLabels: Labels): JsonObject {
  return { podSelector: { matchLabels } };
}

/** Pods of another namespace. */
export function podsIn(namespace: string, matchLabels: Labels): JsonObject {
  return { ...allPodsOf([namespace]), podSelector: { matchLabels } };
}

/** All pods of these namespaces, sorted names; of every namespace where none is named. */
export function allPodsOf(namespaces: readonly string[]): JsonObject {
  const [first] = namespaces;
  if (first === undefined) return { namespaceSelector: {} };
  return namespaces.length === 1
    ? { namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: first } } }
    : {
        namespaceSelector: {
          matchExpressions: [{ key: NAMESPACE_NAME, operator: 'In', values: namespaces }],
        },
      };
}

/**
 * Names of the cluster: the DNS pods of `kube-system` (label of kubeadm, EKS, GKE and AKS, 2026) and the address at which
 * NodeLocal DNSCache listens by default (Kubernetes, "Using NodeLocal DNSCache").
 */
export const TO_DNS: Flow = {
  peers: [podsIn('kube-system', { 'k8s-app': 'kube-dns' }), { ipBlock: { cidr: '169.254.20.10/32' } }],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

/**
 * HTTPS to public addresses, where checkpoints are: not to private networks, and not to the link-local addresses at
 * which clouds hand out credentials (RFC 1918, RFC 3927, RFC 4193, RFC 4291, RFC 6598).
 */
export const TO_PUBLIC_HTTPS: Flow = {
  peers: [
    {
      ipBlock: {
        cidr: '0.0.0.0/0',
        except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
      },
    },
    { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } },
  ],
  ports: tcp(443),
};

/**
 * The cluster's API: its address is a fact of the cluster (and lies outside it where the control plane is managed), so any
 * address at the ports at which API servers listen.
 */
export const TO_API_SERVER: Flow = {
  peers: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }, { ipBlock: { cidr: '::/0' } }],
  ports: tcp(443, 6443),
};
