/** Random changes of manifests, of the kind that people make by mistake. */
import fc from 'fast-check';
import type { JsonObject } from '../../src/policy/index.ts';

/** A change of an object that has pods or of one that has none; gives a new object. */
export type Change = (manifest: JsonObject) => JsonObject;

type Mutable = { [key: string]: unknown };

/** One to four changes after each other. */
export const changes: fc.Arbitrary<Change> = fc
  .array(fc.oneof(fieldOfPod(), fieldOfContainer(), fieldOfObject(), removal()), {
    minLength: 1,
    maxLength: 4,
  })
  .map((list) => (manifest) => list.reduce((result, change) => change(result), manifest));

function fieldOfPod(): fc.Arbitrary<Change> {
  return fc
    .constantFrom<readonly [string, unknown]>(
      ['hostNetwork', true],
      ['hostPID', false],
      ['hostIPC', true],
      ['automountServiceAccountToken', true],
      ['automountServiceAccountToken', undefined],
      ['serviceAccountName', undefined],
      ['serviceAccountName', 'default'],
      ['securityContext', {}],
      ['securityContext', { runAsUser: 0, seccompProfile: { type: 'Unconfined' } }],
      ['securityContext', { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }],
      ['terminationGracePeriodSeconds', undefined],
      ['terminationGracePeriodSeconds', 600],
      ['topologySpreadConstraints', undefined],
      ['affinity', undefined],
      ['nodeSelector', undefined],
      ['nodeSelector', { 'karpenter.sh/capacity-type': 'spot' }],
      ['nodeSelector', { 'cloud.google.com/gke-spot': 'true' }],
      ['volumes', [{ name: 'disk', hostPath: { path: '/var' } }]],
      ['volumes', [{ name: 'shared-memory', emptyDir: {} }]],
      ['volumes', [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]],
      ['initContainers', [{ name: 'tune', image: 'busybox', securityContext: { privileged: true } }]],
    )
    .map(
      ([key, value]) =>
        (manifest: JsonObject) =>
          onPods(manifest, (pod) => set(pod, key, value)),
    );
}

function fieldOfContainer(): fc.Arbitrary<Change> {
  return fc
    .constantFrom<readonly [string, unknown]>(
      ['securityContext', undefined],
      ['securityContext', { privileged: true }],
      [
        'securityContext',
        { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
      ],
      ['image', 'docker.io/vllm/vllm-openai:latest'],
      ['image', 'vllm/vllm-openai'],
      ['image', 'registry:5000/vllm:v1.2'],
      ['resources', undefined],
      ['resources', { limits: { 'nvidia.com/gpu': 4 } }],
      ['resources', { limits: { 'nvidia.com/gpu': '3', cpu: 4 }, requests: { cpu: '500m', memory: 1024 } }],
      ['resources', { requests: { cpu: 1 } }],
      ['startupProbe', undefined],
      ['startupProbe', { tcpSocket: { port: 80 } }],
      ['livenessProbe', { tcpSocket: { port: 80 }, timeoutSeconds: 1, periodSeconds: 2 }],
      ['readinessProbe', undefined],
      ['volumeMounts', undefined],
      ['lifecycle', undefined],
      ['ports', [{ containerPort: 80, hostPort: 8080 }]],
      ['args', ['--tensor-parallel-size=3', '--pipeline-parallel-size=2']],
      ['args', []],
      ['env', [{ name: 'API_KEY', value: 'x' }]],
      ['env', [{ name: 'API_KEY', value: '' }]],
    )
    .map(
      ([key, value]) =>
        (manifest: JsonObject) =>
          onPods(manifest, (pod) => {
            for (const container of (pod['containers'] ?? []) as Mutable[]) set(container, key, value);
          }),
    );
}

function fieldOfObject(): fc.Arbitrary<Change> {
  return fc
    .constantFrom<readonly [string, unknown]>(
      ['spec/replicas', 1],
      ['spec/replicas', undefined],
      ['spec/replicas', 7],
      ['metadata/annotations', undefined],
      ['metadata/annotations', { 'plimsoll.dev/max-replicas': '1' }],
      ['metadata/labels/plimsoll.dev~1team', undefined],
      ['metadata/labels/pod-security.kubernetes.io~1enforce', 'privileged'],
      ['spec/maxUnavailable', 0],
      ['spec/maxUnavailable', '0%'],
      ['spec/type', 'NodePort'],
      ['spec/ingress', [{}]],
      ['spec/egress', [{ ports: [{ protocol: 'TCP' }] }]],
      ['spec/egress', []],
      ['spec/policyTypes', undefined],
      ['spec/hard', { pods: 3 }],
      ['spec/limits', undefined],
      ['value', 5_000_000],
      ['globalDefault', true],
      ['automountServiceAccountToken', undefined],
      ['rules', [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }]],
      ['subjects', [{ kind: 'ServiceAccount', name: 'x', namespace: 'elsewhere' }]],
    )
    .map(([pointer, value]) => (manifest: JsonObject) => {
      const copy = structuredClone(manifest) as Mutable;
      const keys = pointer.split('/').map((key) => key.replaceAll('~1', '/'));
      const last = keys.pop() ?? '';
      let place: unknown = copy;
      for (const key of keys) place = isMutable(place) ? place[key] : undefined;
      // Fields are only changed where the object has them, or could have.
      if (isMutable(place) && (last in place || keys.length === 0 || value === undefined))
        set(place, last, value);
      return copy as JsonObject;
    });
}

/** Takes one field away, anywhere. */
function removal(): fc.Arbitrary<Change> {
  return fc.nat(10_000).map((choice) => (manifest) => {
    const copy = structuredClone(manifest) as Mutable;
    const places = fieldsOf(copy).filter(
      ({ path }) => !['apiVersion', 'kind', 'metadata', 'metadata/name'].includes(path),
    );
    const chosen = places[choice % Math.max(places.length, 1)];
    if (chosen !== undefined) Reflect.deleteProperty(chosen.owner, chosen.key);
    return copy as JsonObject;
  });
}

interface Field {
  readonly owner: Mutable;
  readonly key: string;
  readonly path: string;
}

function fieldsOf(value: unknown, above = ''): readonly Field[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => fieldsOf(item, `${above}${index}/`));
  if (!isMutable(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    { owner: value, key, path: `${above}${key}` },
    ...fieldsOf(item, `${above}${key}/`),
  ]);
}

/** A copy whose pods are changed; an object without pods stays as it is. */
function onPods(manifest: JsonObject, change: (pod: Mutable) => void): JsonObject {
  const copy = structuredClone(manifest) as Mutable;
  const spec = copy['spec'];
  if (!isMutable(spec)) return manifest;
  const group = isMutable(spec['leaderWorkerTemplate']) ? spec['leaderWorkerTemplate'] : {};
  for (const template of [spec['template'], group['leaderTemplate'], group['workerTemplate']]) {
    const pod = isMutable(template) ? template['spec'] : undefined;
    if (isMutable(pod) && Array.isArray(pod['containers'])) change(pod);
  }
  return copy as JsonObject;
}

function set(object: Mutable, key: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(object, key);
  else object[key] = structuredClone(value);
}

function isMutable(value: unknown): value is Mutable {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
