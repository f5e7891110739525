import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { canonicalJson, writablePlan } from '../../src/plan/index.ts';
import { synthesize } from '../../src/synth/index.ts';
import type { SynthesisSource, SynthesizedFile } from '../../src/synth/index.ts';
import { ALLOCATIONS, PLAN_SOURCE, PROBLEM, decision } from './plan-source.ts';
import {
  SERVICE_ALLOCATIONS,
  SHOP,
  SHOP_SOURCE,
  TRICKY,
  serviceDecision,
  shopWith,
} from './services-source.ts';

interface DeploymentSpec {
  readonly template: {
    readonly spec: {
      readonly containers: readonly [
        {
          readonly command?: readonly string[];
          readonly args?: readonly string[];
          readonly env?: readonly { readonly value: string }[];
        },
      ];
    };
  };
}

function filesOf(source: SynthesisSource): readonly SynthesizedFile[] {
  const outcome = synthesize(source, { profile: 'vanilla' });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

const codesOf = (source: SynthesisSource): readonly string[] =>
  synthesize(source, { profile: 'vanilla' }).diagnostics.map((item) => `${item.severity} ${item.code}`);
const files = filesOf(SHOP_SOURCE);
const ofKind = (kind: string, among = files): readonly SynthesizedFile[] =>
  among.filter((file) => file.kind === kind);

describe('user texts of a service are data', () => {
  /** What a container gets of a text: `$$` becomes `$`, `$(NAME)` the variable (Kubernetes API, Container `args`). */
  const expanded = (text: string): string =>
    text.replaceAll(/\$\$|\$\([A-Za-z_]+\)/g, (match) => (match === '$$' ? '$' : 'EXPANDED'));

  it('command, arguments and variables come out as they were declared', () => {
    for (const version of ['1.1', '1.2'] as const) {
      const file = ofKind('Deployment').find((item) => item.name === 'payment-secure-on-demand');
      const { spec } = parse(file?.text ?? '', { version }) as { spec: DeploymentSpec };
      const [container] = spec.template.spec.containers;
      expect(container.command?.map(expanded)).toEqual(['/bin/payment', TRICKY]);
      expect(container.args?.map(expanded)).toEqual(['--greeting', TRICKY]);
      expect(container.env?.map(({ value }) => expanded(value))).toEqual([TRICKY]);
    }
  });

  it('any text does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const services = SHOP.services?.map((service) =>
          service.id === 'payment' ? { ...service, environment: { GREETING: text } } : service,
        );
        const written = filesOf({ ...SHOP_SOURCE, problem: { ...SHOP, services: services ?? [] } });
        const file = written.find((item) => item.name === 'payment-secure-on-demand');
        const { spec } = parse(file?.text ?? '', { version: '1.1' }) as { spec: DeploymentSpec };
        expect(expanded(spec.template.spec.containers[0].env?.[0]?.value ?? '')).toBe(text);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the files of microservices', () => {
  it('are the same bytes whatever the order of the lists of a plan', () => {
    const shuffled = <T>(items: readonly T[] | undefined): readonly T[] => [...(items ?? [])].reverse();
    const { decision: decided } = SHOP_SOURCE;
    const source: SynthesisSource = {
      ...SHOP_SOURCE,
      problem: { ...SHOP, pools: shuffled(SHOP.pools), services: shuffled(SHOP.services) },
      offerings: shuffled(SHOP_SOURCE.offerings),
      decision: {
        ...decided,
        windows: shuffled(decided.windows),
        nodes: shuffled(decided.nodes),
        services: shuffled(decided.services),
        serviceAllocations: shuffled(decided.serviceAllocations),
      },
    };
    expect(filesOf(source)).toEqual(files);
  });

  it('are the same bytes for a plan in memory and the same plan read back', () => {
    const written = canonicalJson(writablePlan(SHOP_SOURCE as Parameters<typeof writablePlan>[0]));
    expect(filesOf(JSON.parse(written) as SynthesisSource)).toEqual(files);
  });

  it('stand beside those of language models unchanged', () => {
    const models = decision(ALLOCATIONS);
    const services = serviceDecision(SERVICE_ALLOCATIONS);
    const both: SynthesisSource = {
      ...SHOP_SOURCE,
      problem: { ...SHOP, pools: [...PROBLEM.pools, ...SHOP.pools], workloads: PROBLEM.workloads },
      offerings: [...PLAN_SOURCE.offerings, ...SHOP_SOURCE.offerings],
      decision: { ...services, ...models, nodes: [...models.nodes, ...services.nodes] },
    };
    const texts = new Map(
      filesOf({ ...both, decision: { ...both.decision, services: services.services ?? [] } }).map((file) => [
        file.path,
        file.text,
      ]),
    );
    for (const file of files) expect(texts.get(file.path)).toBe(file.text);
    expect(texts.has('vanilla/llm/deployment-chat-h100-on-demand.yaml')).toBe(true);
  });
});

describe('what synthesis says of services', () => {
  it('one note for all that have no image, one warning each for cut graces and for unknown labels', () => {
    const { diagnostics } = synthesize(SHOP_SOURCE, { profile: 'vanilla' });
    expect(diagnostics.map(({ severity, detail }) => [severity, detail])).toEqual([
      ['note', 'legacy'],
      ['warning', expect.stringContaining('worker')],
      ['warning', 'legacy'],
      ['warning', expect.stringContaining('Karpenter')],
    ]);
    expect(files.filter((file) => file.text.includes('legacy'))).toEqual([]);
  });

  it('allocations of services and pools that the plan does not hold are errors, all at once', () => {
    const [frontend] = SERVICE_ALLOCATIONS;
    if (frontend === undefined) throw new Error('no allocation');
    const source = shopWith([
      { ...frontend, id: 'ghost', workload: 'ghost' },
      { ...frontend, id: 'lost', pool: 'lost' },
    ]);
    expect(codesOf(source).filter((code) => code.startsWith('error'))).toEqual([
      'error synth-unsupported',
      'error synth-unsupported',
    ]);
  });

  it('a variable whose name Kubernetes refuses is an error', () => {
    const services = SHOP.services?.map((service) => ({ ...service, environment: { 'A=B': 'x' } }));
    const problem = { ...SHOP, services: services ?? [] };
    expect(codesOf({ ...SHOP_SOURCE, problem })).toContain('error synth-unsupported');
  });

  it('allocations that become equal in name get a hash each', () => {
    const [frontend] = SERVICE_ALLOCATIONS;
    if (frontend === undefined) throw new Error('no allocation');
    const twins = [frontend, { ...frontend, id: frontend.id.replaceAll('-', '_') }];
    const names = ofKind('Deployment', filesOf(shopWith(twins))).map((file) => file.name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/-[0-9a-f]{8}$/);
  });
});
