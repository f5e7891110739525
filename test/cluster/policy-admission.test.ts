/** The API server and `plimsoll policy check` say the same of the same objects. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resourceOfKind } from '../../src/policy/export/resource-kinds.ts';
import type { JsonObject } from '../../src/policy/index.ts';
import { NAMESPACES, PACKS, arrange, judgeOffline } from '../policy-conformance/arrangements.ts';
import type { Arrangement, Verdict } from '../policy-conformance/arrangements.ts';
import { CASES, CASE_LABEL, labelled } from '../policy-conformance/cases.ts';
import type { ConformanceCase } from '../policy-conformance/cases.ts';
import { admission } from '../policy-conformance/admission.ts';
import type { Admit, Answer } from '../policy-conformance/admission.ts';
import { changes } from '../policy-conformance/changes.ts';
import { makeNamespace, removeNamespaces } from '../policy-conformance/namespaces.ts';
import { manifestsIn } from '../policy-conformance/real-manifests.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';
import { RestError } from './support/rest.ts';

const POLICIES = '/apis/admissionregistration.k8s.io/v1';
/** Value of the label of objects that every rule is asked about. */
const ALL = 'all';
const PLURALS = { Probe: 'probes' };

describeCluster('policies of the API server', (controlPlane) => {
  const { rest, kubeconfig } = controlPlane;
  const arrangements = [...new Set(CASES.map((item) => item.arrangement))];
  const made: string[] = [];
  const namespaces: string[] = [];
  let admit: Admit;

  const create = async (path: string, object: JsonObject): Promise<void> => {
    const { name } = object['metadata'] as { readonly name: string };
    try {
      await rest.create(path, object);
      made.push(`${path}/${name}`);
    } catch (problem) {
      if (!(problem instanceof RestError && problem.status === 409)) throw problem;
    }
  };

  beforeAll(async () => {
    admit = admission(kubeconfig, PLURALS);
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', PROBE_DEFINITION);
    for (const name of NAMESPACES) {
      if (await makeNamespace(rest, name)) namespaces.push(name);
    }
    for (const arrangement of arrangements) {
      for (const { plural, object } of policyObjects(arrangement))
        await create(`${POLICIES}/${plural}`, object);
    }
    await Promise.all(arrangements.map((arrangement) => untilEnforced(arrangement, admit)));
  }, 300_000);

  afterAll(async () => {
    for (const path of made.reverse()) await rest.delete(path);
    await removeNamespaces(rest, namespaces);
  }, 120_000);

  test('deny exactly what is denied offline, in every conformance case', async () => {
    const results = await inTurns(CASES, async (item) => ({
      item,
      answer: await admit(item.manifest),
      offline: judgeOffline(item.arrangement, item.manifest),
    }));
    const refused = results.filter(({ answer, item }) => verdictOf(answer, item.arrangement) === undefined);
    const compared = results.filter(({ answer, item }) => verdictOf(answer, item.arrangement) !== undefined);
    const disagreements = compared
      .filter(({ item, answer, offline }) => verdictOf(answer, item.arrangement) !== offline.verdict)
      .map(
        ({ item, answer, offline }) =>
          `${item.name}: offline ${offline.verdict} (${offline.reason}), server ${answer.status} ${answer.body.message ?? ''}`,
      );
    console.log(
      `conformance: ${compared.length} of ${CASES.length} cases compared, ${disagreements.length} disagree`,
    );
    expect(disagreements).toEqual([]);
    // The control plane of the tests lets no container be privileged, whatever its policies say.
    expect(refused.map(({ item, answer }) => `${item.name}: ${answer.status}`)).toEqual([
      'security/not-privileged: a privileged engine: 422',
    ]);
    expect(compared.length).toBeGreaterThanOrEqual(150);
  });

  test('say the rule, the object and the numbers in their refusal', async () => {
    const item = CASES.find(({ name }) => name === 'llm-serving/parallel-is-accelerators: two parts on four');
    const { status, body } = await admit((item as ConformanceCase).manifest);
    expect(status).toBe(403);
    expect(body.message).toContain(
      '[llm-serving/parallel-is-accelerators] chat is cut into 2 parts, but one replica holds 4 accelerators',
    );
  });

  test('agree with every rule at once on changed manifests of real plans', async () => {
    const defaults = PACKS.filter(({ name }) => name !== 'language').flatMap((pack) =>
      pack.rules.flatMap((rule) => arrange(pack, rule.id) ?? []),
    );
    const all = manifestsIn('plans', 'test/golden')
      .map(({ manifest }) => manifest)
      .filter(({ kind }) => typeof kind === 'string' && resourceOfKind(kind) !== undefined);
    const withPods = all.filter(({ kind }) => kind === 'Deployment' || kind === 'LeaderWorkerSet');
    const manifest = fc.oneof(fc.constantFrom(...withPods), fc.constantFrom(...all));
    const counts = { compared: 0, refused: 0, violations: 0 };
    await fc.assert(
      fc.asyncProperty(manifest, changes, async (manifest, change) => {
        const object = labelled(inKnownNamespace(change(manifest)), ALL);
        const answer = await admit(object);
        // Not valid, or not understood: policies are not asked, or not alone.
        if (answer.status !== 201) {
          counts.refused++;
          expect([400, 403, 404, 409, 422, 500]).toContain(answer.status);
          return;
        }
        const offline = defaults
          .filter((item) => judgeOffline(item, object).verdict === 'violation')
          .map(policyName)
          .sort();
        const online = answer.warnings
          .flatMap((text) => /ValidatingAdmissionPolicy '([^']+)'/.exec(text)?.[1] ?? [])
          .sort();
        counts.compared++;
        counts.violations += offline.length;
        expect(online).toEqual(offline);
      }),
      { numRuns: 250, seed: 6, interruptAfterTimeLimit: 150_000 },
    );
    console.log(`changed manifests: ${JSON.stringify(counts)}`);
    expect(counts.compared).toBeGreaterThan(100);
  });
});

/** Names of policies in the cluster: one for each arrangement. */
function policyName({ name }: Arrangement): string {
  return name;
}

interface PolicyObject {
  readonly plural: string;
  readonly object: JsonObject;
}

/**
 * The exported policy under the name of its arrangement, bound as exported to objects with its label, and to those of all rules with warnings:
 * they tell every violated rule, a refusal only the first.
 */
function policyObjects(arrangement: Arrangement): readonly PolicyObject[] {
  const [policy = {}, binding = {}] = arrangement.objects;
  const spec = binding['spec'] as { readonly matchResources: JsonObject };
  const bind = (name: string, label: string, actions: readonly string[]): PolicyObject => ({
    plural: 'validatingadmissionpolicybindings',
    object: {
      ...binding,
      metadata: { name },
      spec: {
        policyName: policyName(arrangement),
        validationActions: actions,
        matchResources: { ...spec.matchResources, objectSelector: { matchLabels: { [CASE_LABEL]: label } } },
      },
    },
  });
  const isDefault = arrangement === arrange(packOf(arrangement), arrangement.bound.compiled.rule.id);
  return [
    {
      plural: 'validatingadmissionpolicies',
      object: { ...policy, metadata: { name: policyName(arrangement) } },
    },
    bind(policyName(arrangement), arrangement.name, ['Deny']),
    ...(isDefault ? [bind(`${policyName(arrangement)}.${ALL}`, ALL, ['Warn'])] : []),
  ];
}

function packOf({ bound }: Arrangement): (typeof PACKS)[number] {
  const pack = PACKS.find(({ name }) => name === bound.pack);
  if (pack === undefined) throw new Error(`no pack ${bound.pack}`);
  return pack;
}

/** What the server's answer says of one rule; undefined when something else refused the object. */
function verdictOf({ status, body }: Answer, arrangement: Arrangement): Verdict | undefined {
  if (status === 201) return 'pass';
  const isOurs = (body.message ?? '').includes(`ValidatingAdmissionPolicy '${policyName(arrangement)}'`);
  return isOurs ? 'violation' : undefined;
}

/** Waits until a policy is in force: a few seconds after it was made, its first violation is denied. */
async function untilEnforced(arrangement: Arrangement, admit: Admit): Promise<void> {
  const example = CASES.find((item) => item.arrangement === arrangement && item.expected === 'violation');
  if (example === undefined) return;
  await eventually(
    () => admit(example.manifest),
    (answer) => answer.status !== 201,
    60,
  );
}

/** An object in a namespace that the cluster has; a namespace that it does not have. */
function inKnownNamespace(manifest: JsonObject): JsonObject {
  const metadata = manifest['metadata'] as JsonObject;
  if (manifest['kind'] === 'Namespace') return { ...manifest, metadata: { ...metadata, name: 'storefront' } };
  const { namespace } = metadata;
  if (namespace === undefined || NAMESPACES.includes(namespace as string)) return manifest;
  return { ...manifest, metadata: { ...metadata, namespace: 'llm' } };
}

/** Runs a task for every item, eight at a time; results in the order of the items. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += 8) {
    results.push(...(await Promise.all(items.slice(start, start + 8).map(task))));
  }
  return results;
}

/** A kind whose `spec` may be anything. */
const PROBE_DEFINITION: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'probes.conformance.plimsoll.dev' },
  spec: {
    group: 'conformance.plimsoll.dev',
    names: { kind: 'Probe', plural: 'probes' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};
