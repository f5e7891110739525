import { randomUUID } from 'node:crypto';
import { connectCluster, prepareRollout, rollOut, PROCESS_CLOCK } from '../../src/apply/index.ts';
import type {
  ClusterClient,
  ClusterObject,
  Preparation,
  RolloutHost,
  RolloutRequest,
  RolloutResult,
} from '../../src/apply/index.ts';
import type { Json, Rest } from './support/rest.ts';

/** A client of the control plane, by the product's own reading of a kubeconfig. */
export async function clientOf(kubeconfig: string): Promise<ClusterClient> {
  const client = await connectCluster({ kubeconfig });
  if (!client.ok) throw new Error(client.diagnostics.map((item) => item.summary).join('\n'));
  return client.value;
}

/** What an apply of objects found and did; `result` is undefined where it was refused before the first write. */
export interface Applied {
  readonly prepared: Preparation;
  readonly result: RolloutResult | undefined;
  /** Codes of all problems that are errors. */
  readonly errors: readonly string[];
}

/** Applies objects as a stack, through a client. */
export async function applyObjects(
  client: ClusterClient,
  request: Pick<RolloutRequest, 'stack' | 'manifests'> & Partial<Pick<RolloutRequest, 'force' | 'rooms'>>,
  host: Partial<RolloutHost> = {},
): Promise<Applied> {
  const whole = { planHash: 'test', force: false, ...request };
  const prepared = await prepareRollout(client, whole);
  const found = errorsOf(prepared.diagnostics);
  if (found.length > 0) return { prepared, result: undefined, errors: found };
  const result = await rollOut(prepared, whole, {
    client,
    clock: PROCESS_CLOCK,
    signal: new AbortController().signal,
    timeoutSeconds: 60,
    run: randomUUID(),
    version: '0.0.0',
    onProgress: () => undefined,
    ...host,
  });
  return { prepared, result, errors: errorsOf(result.diagnostics) };
}

function errorsOf(diagnostics: Preparation['diagnostics']): readonly string[] {
  return diagnostics.filter((item) => item.severity === 'error').map((item) => item.code);
}

const LABELS = { 'app.kubernetes.io/managed-by': 'plimsoll' };

/** An object of a namespace. */
export function inNamespace(namespace: string, apiVersion: string, kind: string, name: string) {
  return (fields: Readonly<Record<string, unknown>> = {}): ClusterObject => ({
    apiVersion,
    kind,
    metadata: { name, namespace, labels: LABELS },
    ...fields,
  });
}

export function namespaceObject(name: string): ClusterObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: LABELS } };
}

export function configMap(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
): ClusterObject {
  return inNamespace(namespace, 'v1', 'ConfigMap', name)({ data });
}

export function service(namespace: string, name: string): ClusterObject {
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  return inNamespace(namespace, 'v1', 'Service', name)({ spec: { selector: { app: name }, ports } });
}

/** Pods of a Deployment; small ones, since nothing runs in them. */
export function deployment(namespace: string, name: string, replicas?: number): ClusterObject {
  const containers = [
    {
      name: 'server',
      image: 'none/none:1',
      env: [{ name: 'LEVEL', value: 'info' }],
      resources: { requests: { cpu: '10m', memory: '16Mi' } },
    },
  ];
  return inNamespace(
    namespace,
    'apps/v1',
    'Deployment',
    name,
  )({
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers, terminationGracePeriodSeconds: 1 },
      },
    },
  });
}

/** `Kind/name` of everything of these kinds in a namespace that a controller did not put there, sorted. */
export async function everythingIn(rest: Rest, namespace: string): Promise<readonly string[]> {
  const lists = await Promise.all(
    [
      ['ConfigMap', `/api/v1/namespaces/${namespace}/configmaps`],
      ['Service', `/api/v1/namespaces/${namespace}/services`],
      ['Deployment', `/apis/apps/v1/namespaces/${namespace}/deployments`],
    ].map(async ([kind, path]) =>
      (await rest.list(path ?? '')).map((item: Json) => `${kind}/${String(item.metadata.name)}`),
    ),
  );
  return lists
    .flat()
    .filter((name) => name !== 'ConfigMap/kube-root-ca.crt')
    .sort();
}

/** The same names of objects to apply. */
export function namesOf(objects: readonly ClusterObject[]): readonly string[] {
  return objects
    .filter((object) => object.metadata.namespace !== undefined)
    .map((object) => `${object.kind}/${object.metadata.name}`)
    .sort();
}
