import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesize } from '../../src/synth/index.ts';
import type { JsonObject, SynthesizedFile } from '../../src/synth/index.ts';
import { plannedPods } from '../synth/planned-pods.ts';
import { PLANS, accepted, exceptionsOf } from '../synth/profile-exceptions.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';
import type { Rest } from './support/rest.ts';

/*
 * A real API server takes every object of every profile, with unknown fields refused. Little is stored: most of it is asked as a
 * dry run. Kinds whose definitions are not part of the control plane are checked offline alone.
 */

/** Kinds without a definition here: Dynamo and KServe are not among the tools, nor is the Gateway API. */
const NOT_SERVED: ReadonlySet<string> = new Set([
  'DynamoGraphDeployment',
  'HTTPRoute',
  'LLMInferenceService',
]);

const PREFIX = 'manifests-test-';
const NAMESPACES = ['llm', 'payments', 'prod', 'research', 'tenants'];

const PLURALS: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networkpolicies',
  PriorityClass: 'priorityclasses',
};

function filesOf(profile: string, plan: string): readonly SynthesizedFile[] {
  const source = PLANS[plan];
  if (source === undefined) throw new Error(`no plan ${plan}`);
  const outcome = synthesize(accepted(source, exceptionsOf(profile)), { profile });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

function collection(file: SynthesizedFile): string {
  const base = file.apiVersion.includes('/') ? `/apis/${file.apiVersion}` : `/api/${file.apiVersion}`;
  const scope = file.namespace === '' ? '' : `/namespaces/${PREFIX}${file.namespace}`;
  return `${base}${scope}/${PLURALS[file.kind] ?? `${file.kind.toLowerCase()}s`}`;
}

/** The object under names of the test's own, so that others on the same control plane are not touched. */
function moved({ manifest, namespace, name }: SynthesizedFile): JsonObject {
  const metadata = manifest['metadata'] as JsonObject;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      ...(namespace === '' ? { name: `${PREFIX}new-${name}` } : { namespace: `${PREFIX}${namespace}` }),
    },
  };
}

async function refusals(rest: Rest, files: readonly SynthesizedFile[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    files.map((file) =>
      rest.create(`${collection(file)}?dryRun=All&fieldValidation=Strict`, moved(file)).then(
        () => '',
        (problem: unknown) => `${file.path}: ${String(problem)}`,
      ),
    ),
  );
  return answers.filter((answer) => answer !== '');
}

describeCluster('manifests at a real API server', ({ rest }) => {
  beforeAll(async () => {
    for (const name of NAMESPACES) {
      const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
      await rest.create('/api/v1/namespaces', { metadata: { name: `${PREFIX}${name}`, labels } });
    }
  });
  afterAll(async () => {
    for (const name of NAMESPACES) await rest.delete(`/api/v1/namespaces/${PREFIX}${name}`);
  });

  const cases = ['vanilla', 'llm-d', 'kserve', 'dynamo'].flatMap((profile) =>
    Object.keys(PLANS).map((plan) => [profile, plan] as const),
  );

  test.each(cases)('every object of profile %s for the plan %s is taken as it is', async (profile, plan) => {
    const files = filesOf(profile, plan).filter(({ kind }) => !NOT_SERVED.has(kind));
    expect(files.length).toBeGreaterThan(15);
    expect(await refusals(rest, files)).toEqual([]);
  });

  test('pods of every profile pass the pod security standard of their namespaces, and one on the host network does not', async () => {
    const pod = (spec: unknown): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', namespace: `${PREFIX}llm` },
      // Identities and priorities are not stored here.
      spec: { ...(spec as object), serviceAccountName: undefined, priorityClassName: undefined },
    });
    const path = `/api/v1/namespaces/${PREFIX}llm/pods?dryRun=All`;
    const asked = cases.flatMap(([profile, plan]) =>
      plannedPods(filesOf(profile, plan)).flatMap(({ server, worker }) => [server, worker ?? server]),
    );
    expect(asked.length).toBeGreaterThan(50);
    for (const spec of asked) await rest.create(path, pod(spec));
    const [first] = asked;
    await expect(rest.create(path, pod({ ...first, hostNetwork: true }))).rejects.toThrow(/baseline/);
  });

  test('a quota lets in what the plan has at its peak and bounds what goes beyond it', async () => {
    const files = filesOf('vanilla', 'tenants').filter(({ namespace }) => namespace === 'payments');
    const classes = filesOf('vanilla', 'tenants').filter(({ kind }) => kind === 'PriorityClass');
    const only = (kind: string): SynthesizedFile[] => files.filter((file) => file.kind === kind);
    for (const { manifest } of classes) await storePriority(rest, manifest);
    const stored = [...only('ResourceQuota'), ...only('ServiceAccount'), ...only('Deployment')];
    for (const file of stored) await rest.create(collection(file), moved(file));
    const planned = only('Deployment').reduce((sum, file) => sum + replicasOf(file), 0);
    const quota = `/api/v1/namespaces/${PREFIX}payments/resourcequotas/tenants`;
    const used = async (): Promise<number> => Number((await rest.get(quota)).status?.used?.pods);
    expect(await eventually(used, (pods) => pods === planned)).toBe(planned);
    const { hard } = (await rest.get(quota)).status as { hard: Record<string, string> };
    for (const file of only('Deployment')) {
      await rest.merge(`${collection(file)}/${file.name}`, { spec: { replicas: 50 } });
    }
    expect(await eventually(used, (pods) => pods === Number(hard['pods']))).toBe(Number(hard['pods']));
    for (const { name } of classes) await rest.delete(`${CLASSES}/${name}`);
  });
});

const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';

/** Priority classes keep their names, which quotas and pods refer to; an earlier run may have left them. */
async function storePriority(rest: Rest, manifest: JsonObject): Promise<void> {
  const { name } = manifest['metadata'] as { name: string };
  await rest.delete(`${CLASSES}/${name}`);
  await rest.create(CLASSES, manifest);
}

function replicasOf(file: SynthesizedFile): number {
  return (file.manifest['spec'] as { replicas?: number }).replicas ?? 0;
}
