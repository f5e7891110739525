/** What `policy export` writes for a plan, in an API server. */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkPolicies, exportPolicyObjects } from '../../src/engine/index.ts';
import { quietHost } from '../../src/engine/testing/host.ts';
import { exportPolicies, manifestId } from '../../src/policy/index.ts';
import type { JsonObject } from '../../src/policy/index.ts';
import { PACKS, judgeOffline, repairOffline } from '../policy-conformance/arrangements.ts';
import { admission } from '../policy-conformance/admission.ts';
import type { Admit } from '../policy-conformance/admission.ts';
import { CASES } from '../policy-conformance/cases.ts';
import { makeNamespace, removeNamespaces } from '../policy-conformance/namespaces.ts';
import { describeCluster } from './support/describe-cluster.ts';
import { eventually } from './support/eventually.ts';
import { RestError } from './support/rest.ts';
import type { Rest } from './support/rest.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FURTHER_PACKS = ['llm-serving', 'security', 'spot-safety', 'tenancy'];

describeCluster('exported policies', (controlPlane) => {
  const { rest, kubeconfig } = controlPlane;
  const made: string[] = [];
  let admit: Admit;
  let isOurs = false;

  beforeAll(async () => {
    admit = admission(kubeconfig, {});
    isOurs = await makeNamespace(rest, 'llm');
  });

  const removeAll = async (): Promise<void> => {
    for (const place of made.splice(0).reverse()) await rest.delete(place);
  };
  afterAll(async () => {
    await removeAll();
    if (isOurs) await removeNamespaces(rest, ['llm']);
  });

  describe('of a plan whose manifests were edited', () => {
    let folder = '';

    beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-policies-'));
      cpSync(path.join(ROOT, 'plans/chat'), path.join(folder, 'plans/chat'), { recursive: true });
      const manifests = path.join(folder, 'plans/chat/manifests/vanilla/llm');
      for (const [name, edit] of EDITS) {
        const file = readdirSync(manifests).find((item) => name.test(item));
        if (file === undefined) throw new Error(`the chat example has no manifest ${String(name)}`);
        editManifest(path.join(manifests, file), edit);
      }
    });
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    test('deny at admission exactly what `policy check` denied offline, and warn of what it advised', async () => {
      const host = quietHost(folder);
      const checked = await checkPolicies('chat', { packs: FURTHER_PACKS }, host);
      const exported = await exportPolicyObjects(
        'chat',
        { target: 'validating-admission-policy', packs: FURTHER_PACKS, namespaces: [], repairs: false },
        host,
      );
      if (!checked.ok || !exported.ok) throw new Error('the plan cannot be judged');
      for (const { manifest } of exported.value.files) await install(rest, made, manifest);
      const enforced = new Set(exported.value.exported);
      const violated = checked.value.report.verdicts.filter(
        ({ pack, rule, outcome }) => outcome === 'violation' && enforced.has(`${pack}/${rule}`),
      );
      const about = (advisory: boolean): readonly string[] =>
        [
          ...new Set(
            violated.filter(({ level }) => (level === 'advisory') === advisory).map(({ subject }) => subject),
          ),
        ].sort();
      expect(about(false).length).toBeGreaterThanOrEqual(4);
      expect(about(true).length).toBeGreaterThanOrEqual(1);

      const manifests = checked.value.plan.objects.map(
        ({ path: file }) => parse(readFileSync(path.join(folder, 'plans/chat', file), 'utf8')) as JsonObject,
      );
      const ask = async () => {
        const answers = await Promise.all(
          manifests.map(async (manifest) => ({
            subject: `manifest ${manifestId(manifest)}`,
            ...(await admit(manifest)),
          })),
        );
        return {
          denied: answers
            .filter(({ status }) => status === 403)
            .map(({ subject }) => subject)
            .sort(),
          warned: answers
            .filter(({ warnings }) => warnings.length > 0)
            .map(({ subject }) => subject)
            .sort(),
          messages: answers.flatMap(({ subject, status, body }) =>
            status === 403 ? [{ subject, message: body.message ?? '' }] : [],
          ),
        };
      };
      const expected = { denied: about(false), warned: about(true) };
      // A policy is in force a second or two after it was made.
      const answered = await eventually(ask, ({ denied }) => denied.length >= expected.denied.length, 60);
      expect({ denied: answered.denied, warned: answered.warned }).toEqual(expected);
      for (const { subject, message } of answered.messages) {
        const rules = violated
          .filter((verdict) => verdict.subject === subject)
          .map(({ pack, rule }) => `[${pack}/${rule}]`);
        expect(rules.some((rule) => message.includes(rule))).toBe(true);
      }
      await removeAll();
      // Policies are in force for a moment after they are gone; the next test shall not meet them.
      await eventually(ask, ({ denied, warned }) => denied.length + warned.length === 0, 60);
    });
  });

  describe('that repair', () => {
    const repairing = CASES.filter(
      ({ arrangement, expected }) => arrangement.bound.level === 'remediate' && expected === 'violation',
    );

    test.each(repairing)(
      '$name: change the object as the rule does offline',
      async ({ arrangement, manifest }) => {
        const before = await admit(manifest);
        expect(judgeOffline(arrangement, before.body).verdict).toBe('violation');
        for (const object of mutatingObjects(
          arrangement.bound.pack,
          arrangement.bound.compiled.rule.id,
          arrangement.bound.parameters,
        )) {
          await install(rest, made, object);
        }
        const wanted = comparable(repairOffline(arrangement, before.body));
        expect(wanted).not.toEqual(comparable(before.body));
        const after = await eventually(
          () => admit(manifest),
          ({ body }) => JSON.stringify(comparable(body)) !== JSON.stringify(comparable(before.body)),
          60,
        );
        expect(comparable(after.body)).toEqual(wanted);
        await removeAll();
        await eventually(
          () => admit(manifest),
          ({ body }) => judgeOffline(arrangement, body).verdict === 'violation',
          60,
        );
      },
    );
  });
});

type Mutable = Record<string, unknown>;
type Edit = (manifest: { readonly spec: Mutable } & Mutable) => void;

/** Mistakes in the manifests of the chat example, in the first file of the name. */
const EDITS: readonly (readonly [RegExp, Edit])[] = [
  [
    /^deployment-.*-on-demand/,
    (manifest) => {
      const pod = podOf(manifest);
      pod['volumes'] = [...(pod['volumes'] as unknown[]), { name: 'node', hostPath: { path: '/' } }];
    },
  ],
  [
    /^deployment-.*-spot/,
    (manifest) => {
      podOf(manifest)['terminationGracePeriodSeconds'] = 600;
      podOf(manifest)['serviceAccountName'] = 'default';
    },
  ],
  [/^poddisruptionbudget-.*-spot/, ({ spec }) => Object.assign(spec, { maxUnavailable: 0 })],
  [/^serviceaccount-/, (manifest) => Reflect.deleteProperty(manifest, 'automountServiceAccountToken')],
  [/^service-/, ({ spec }) => Object.assign(spec, { type: 'LoadBalancer' })],
];

function podOf({ spec }: { readonly spec: Mutable }): Mutable {
  return (spec['template'] as { readonly spec: Mutable }).spec;
}

function editManifest(file: string, edit: Edit): void {
  const manifest = parse(readFileSync(file, 'utf8')) as Parameters<Edit>[0];
  edit(manifest);
  writeFileSync(file, stringify(manifest));
}

/** The mutating policy of a rule and its binding, as exported. */
function mutatingObjects(pack: string, rule: string, parameters: JsonObject): readonly JsonObject[] {
  const found = PACKS.find(({ name }) => name === pack);
  const written = exportPolicies({
    policies: [
      { id: 'x', path: '', pack, levels: {}, parameters: parameters as Record<string, string>, rules: [] },
    ],
    packs: found === undefined ? [] : [{ ...found, rules: found.rules.filter(({ id }) => id === rule) }],
    ...{ waivers: [], today: '2026-11-21', repairs: true, target: 'validating-admission-policy' },
    scope: { namespaces: ['llm'] },
  });
  if (!written.ok) throw new Error(`${pack}/${rule} cannot be exported`);
  return written.value.objects.filter(({ kind }) => typeof kind === 'string' && kind.startsWith('Mutating'));
}

/** What is the same of an object however often its creation is tried. */
function comparable(object: JsonObject): unknown {
  const { metadata, spec } = object as { readonly metadata: Mutable; readonly spec: unknown };
  return { labels: metadata['labels'], annotations: metadata['annotations'] ?? {}, spec };
}

const PLACES: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  MutatingAdmissionPolicy: '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings',
};

/** Creates an object and remembers where; one that is there already stays as it is. */
async function install(rest: Rest, made: string[], object: JsonObject): Promise<void> {
  const { kind, metadata } = object as unknown as {
    readonly kind: string;
    readonly metadata: { readonly name: string };
  };
  const place = PLACES[kind] ?? '';
  try {
    await rest.create(place, object);
    made.push(`${place}/${metadata.name}`);
  } catch (problem) {
    if (!(problem instanceof RestError && problem.status === 409)) throw problem;
  }
}
