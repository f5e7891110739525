/** What the conformance cases hold, without a cluster; test/cluster/policy-admission.test.ts asks a real API server the same. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { SHIPPED_PACKS, exportPolicies, testPack } from '../src/policy/index.ts';
import { NAMESPACES, PACKS, judgeOffline } from './policy-conformance/arrangements.ts';
import { CASES } from './policy-conformance/cases.ts';
import { manifestsIn } from './policy-conformance/real-manifests.ts';

describe('the conformance cases', () => {
  it('are at least 150 from the shipped packs alone, and 100 of the language', () => {
    const ofLanguage = CASES.filter((item) => item.arrangement.bound.pack === 'language');
    expect(CASES.length - ofLanguage.length).toBeGreaterThanOrEqual(150);
    expect(ofLanguage.length).toBeGreaterThanOrEqual(100);
  });

  it('show of every rule that a cluster can enforce an object that passes and one that does not', () => {
    const verdicts = new Map<string, Set<string>>();
    for (const { arrangement, expected } of CASES) {
      const { pack, compiled } = arrangement.bound;
      const name = `${pack}/${compiled.rule.id}`;
      verdicts.set(name, new Set([...(verdicts.get(name) ?? []), expected]));
    }
    const exported = PACKS.flatMap((pack) => {
      const policies = [{ id: 'x', path: '', pack: pack.name, levels: {}, parameters: {}, rules: [] }];
      const outcome = exportPolicies({
        ...{ policies, packs: [pack], waivers: [], today: '2026-11-21', repairs: false },
        scope: { namespaces: NAMESPACES },
        target: 'validating-admission-policy',
      });
      return outcome.ok ? outcome.value.exported : [];
    });
    expect([...verdicts.keys()].sort()).toEqual([...exported].sort());
    expect([...verdicts].filter(([, both]) => both.size < 2)).toEqual([]);
  });

  it.each(CASES)('$name', ({ arrangement, manifest, expected }) => {
    expect(judgeOffline(arrangement, manifest)).toMatchObject({ verdict: expected });
  });

  it('of the shipped packs expect a verdict, never a failure', () => {
    const failed = PACKS.filter((pack) => SHIPPED_PACKS.includes(pack.name))
      .flatMap((pack) => testPack(pack).results)
      .filter((result) => result.actual === 'failed');
    expect(failed).toEqual([]);
  });
});

describe('policies for Kyverno', () => {
  const schema = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'schemas/kyverno-policies-v1.json'), 'utf8'),
  ) as object;
  const validate = new Ajv({ allErrors: true }).compile(schema);

  it('are objects that its definitions accept, with exceptions for waivers and repairs', () => {
    const waivers = ['image-pinned', 'attested-nodes'].map((rule) => ({
      ...{ rule, subject: 'Deployment/llm/x', owner: 'sre', reason: 'autumn', expires: '2027-01-01' },
    }));
    const written = exportPolicies({
      policies: PACKS.map(({ name }) => ({
        id: name,
        path: '',
        pack: name,
        levels: {},
        parameters: {},
        rules: [],
      })),
      ...{ packs: PACKS, waivers, today: '2026-11-21', repairs: true, target: 'kyverno' },
      scope: { namespaces: ['llm'] },
    });
    const objects = written.ok ? written.value.objects : [];
    expect(new Set(objects.map(({ kind }) => kind))).toEqual(
      new Set(['ValidatingPolicy', 'MutatingPolicy', 'PolicyException']),
    );
    expect(
      objects.filter((object) => !validate(object)).map(({ metadata }) => [metadata, validate.errors]),
    ).toEqual([]);
  });
});

describe('what the program writes for clusters without further operators', () => {
  const arrangements = [...new Set(CASES.map((item) => item.arrangement))].filter(
    ({ bound }) => SHIPPED_PACKS.includes(bound.pack) && isDefault(bound),
  );

  const written = manifestsIn('plans', 'test/golden').filter(({ file }) => file.includes('/vanilla/'));

  it('conforms to every mandatory rule on single objects of the shipped packs; the golden stacks without teams lack a label', () => {
    const violated = written.flatMap(({ file, manifest }) =>
      arrangements
        .filter(({ bound }) => bound.level === 'mandatory')
        .filter((item) => judgeOffline(item, manifest).verdict === 'violation')
        .map(({ bound }) => `${file} ${bound.pack}/${bound.compiled.rule.id}`),
    );
    expect(violated.filter((text) => !/^test\/golden\/.* tenancy\/team-label$/.test(text))).toEqual([]);
  });
});

function isDefault({ pack, parameters }: (typeof CASES)[number]['arrangement']['bound']): boolean {
  const own = PACKS.find((item) => item.name === pack)?.parameters ?? [];
  return own.every((item) => parameters[item.name] === item.default);
}
