import type { ClusterObject } from '../../../apply/index.ts';

/** A node of a test. */
export interface TestNode {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly resources?: Readonly<Record<string, string>>;
  readonly providerID?: string;
  readonly taints?: readonly object[];
}

/** Labels of a place and an instance type. */
export function placeLabels(instanceType: string, zone: string): Readonly<Record<string, string>> {
  return {
    'kubernetes.io/arch': 'amd64',
    'node.kubernetes.io/instance-type': instanceType,
    'topology.kubernetes.io/region': zone.replace(/[a-z]$/, ''),
    'topology.kubernetes.io/zone': zone,
  };
}

/** A node with 4 cores and 16Gi unless told otherwise. */
export function node({ name, labels = {}, resources = {}, providerID, taints }: TestNode): ClusterObject {
  const amounts = { cpu: '4', memory: '16Gi', pods: '58', ...resources };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: {
      ...(providerID === undefined ? {} : { providerID }),
      ...(taints === undefined ? {} : { taints }),
    },
    status: { allocatable: amounts, capacity: amounts },
  };
}

/** A container of a test. */
export type TestContainer = Readonly<Record<string, unknown>>;

/** A Deployment with one container. */
export function deployment(name: string, container: TestContainer = {}, spec: object = {}): ClusterObject {
  const resources = { requests: { cpu: '1', memory: '1Gi' } };
  const containers = [{ name: 'main', image: `${name}:1`, resources, ...container }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers, ...spec } },
    },
  };
}

/** What a pod of a Deployment used, as metrics-server says it. */
export function podMetrics(workload: string, cpu: string, memory: string): ClusterObject {
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { name: `${workload}-5d8f9c7b6d-x2v4k`, namespace: 'shop' },
    containers: [{ name: 'main', usage: { cpu, memory } }],
  };
}
