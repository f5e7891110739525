import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { hourEndingAt } from '../../src/apply/drift/measured/metric-source.ts';
import { buckets, steady } from '../../src/apply/drift/testing/metric-world.ts';
import type { World } from '../../src/apply/drift/testing/metric-world.ts';
import { driftOfPlan } from '../../src/engine/index.ts';
import type { DriftOptions } from '../../src/engine/index.ts';
import { quietHost } from '../../src/engine/testing/host.ts';
import type { PlanDocument } from '../../src/model/index.ts';
import type { DriftReport } from '../../src/report/index.ts';
import { startMeasurementServer } from '../support/measurement-server.ts';
import { ROOT, codesOf, jsonOf, plimsoll, plimsollBeside } from '../support/run-command.ts';

const FOLDER = path.join(ROOT, 'plans', 'chat');
const PLAN = JSON.parse(readFileSync(path.join(FOLDER, 'plan.json'), 'utf8')) as PlanDocument;
type Live = Readonly<Record<string, unknown>>;
const MANIFESTS = PLAN.objects.map(
  (object) => parse(readFileSync(path.join(FOLDER, object.path), 'utf8')) as Live,
);

/** The plan's objects as a cluster holds them: pod sets with as many replicas as they may have, or so many, all of them ready. */
function liveObjects(stated?: number): Live[] {
  return structuredClone(MANIFESTS).map((object) => {
    if (object['kind'] !== 'Deployment') return object;
    const metadata = object['metadata'] as { readonly annotations: Readonly<Record<string, string>> };
    const replicas = stated ?? Number(metadata.annotations['plimsoll.dev/max-replicas']);
    return {
      ...object,
      spec: { ...(object['spec'] as object), replicas },
      status: { readyReplicas: replicas },
    };
  });
}

function compare(objects: readonly Live[], ...flags: readonly string[]) {
  const input = JSON.stringify({ kind: 'List', items: objects });
  return plimsoll(['drift', 'chat', '--dump', '-', ...flags], { input });
}

function findings(objects: readonly Live[]): readonly string[] {
  const { objects: found } = jsonOf(compare(objects, '--json')).result as DriftReport;
  return found!.findings.map(
    ({ kind, name, state, fields }) =>
      `${kind}/${name} ${state} ${fields.map((field) => field.path).join(' ')}`,
  );
}

describe('plimsoll drift of live objects', () => {
  it('exits 0 when the cluster is as planned', () => {
    const { stdout, stderr, exitCode } = compare(liveObjects());
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`No drift: ${String(MANIFESTS.length)} objects as planned.`);
  });

  it('exits 5 and names what differs, is missing or is too much', () => {
    const objects = liveObjects().filter(({ kind }) => kind !== 'Service');
    const set = objects.find(({ kind }) => kind === 'Deployment') as never as {
      metadata: { name: string };
      spec: { template: { spec: { containers: { image: string }[] } } };
    };
    set.spec.template.spec.containers[0]!.image = 'docker.io/vllm/vllm-openai:v0.1.0';
    const old = structuredClone(objects.find(({ kind }) => kind === 'Deployment')!);
    const extra = { ...old, metadata: { ...(old['metadata'] as object), name: 'chat-old' } } as never as Live;
    expect(compare([...objects, extra]).exitCode).toBe(5);
    expect(findings([...objects, extra])).toEqual([
      `Deployment/${set.metadata.name} changed spec.template.spec.containers[name=engine].image`,
      'Deployment/chat-old extra ',
      'Service/chat missing ',
    ]);
  });

  it('leaves replicas to the autoscaler within the planned range', () => {
    const [first] = findings(liveObjects(40));
    expect(first).toMatch(/^Deployment\/chat-\S+ changed spec\.replicas$/);
  });

  it('writes Markdown', () => {
    const { stdout } = compare(liveObjects(), '--output', 'markdown');
    expect(stdout).toMatch(/^<!-- plimsoll:drift:chat -->/);
  });
});

/** Rates by hour with the shape of the planned windows and a mean so many times the planned one. */
function rates(times: number) {
  const { windows } = PLAN.decision;
  const peaks = new Map(
    windows.flatMap(({ hours, peakRate }) => hours.map((hour) => [hour, peakRate['chat'] ?? 0])),
  );
  const mean = [...peaks.values()].reduce((sum, rate) => sum + rate, 0) / peaks.size;
  const scale = (times * PLAN.traffic[0]!.meanRate) / mean;
  return steady((time) => (peaks.get(hourEndingAt(time)) ?? 0) * scale);
}

/** A week as planned: rates in proportion to the windows, latencies below the prediction, pods as planned on average. */
function asPlanned(): World {
  const traffic = PLAN.traffic[0]!;
  const pods = (name: string): number => {
    const { windows, allocations } = PLAN.decision;
    const hours = windows.map(({ id, hours: own }) => {
      const replicas = allocations.flatMap((item) => Object.values(item.replicas[id] ?? {}));
      return own.length * replicas.reduce((sum, n) => sum + n, 0);
    });
    return name === '' ? 0 : hours.reduce((sum, n) => sum + n, 0) / 168;
  };
  const fast = buckets([
    [0.001, 0],
    [0.01, 40_000],
    [Infinity, 40_000],
  ]);
  return {
    request_success_total: rates(1),
    'vllm:time_to_first_token_seconds_bucket': fast,
    'vllm:time_to_first_token_seconds_sum': steady(200),
    'vllm:request_time_per_output_token_seconds_bucket': fast,
    'vllm:request_time_per_output_token_seconds_sum': steady(200),
    'vllm:e2e_request_latency_seconds_bucket': fast,
    'vllm:e2e_request_latency_seconds_sum': steady(200),
    'vllm:request_prompt_tokens_bucket': buckets([[Infinity, 1000]]),
    'vllm:request_prompt_tokens_sum': steady(traffic.isl.mean * 1000),
    'vllm:request_generation_tokens_bucket': buckets([[Infinity, 1000]]),
    'vllm:request_generation_tokens_sum': steady(traffic.osl.mean * 1000),
    prefix_cache_hits_total: steady(0),
    prefix_cache_queries_total: steady(10),
    kube_pod_status_ready: steady(pods('chat')),
  };
}

/** Allocations of a day of the plan's pods, as planned but for the price. */
function allocation(price = 1) {
  const perHour = PLAN.cost.workloads[0]!.perMonth / 1e6 / 730;
  const accelerators = PLAN.decision.allocations.reduce((sum, item) => {
    const { podGroup } = item.candidate;
    const means = PLAN.decision.windows.map(
      ({ id, hours }) =>
        (hours.length / 168) * Object.values(item.replicas[id] ?? {}).reduce((total, n) => total + n, 0),
    );
    return sum + means.reduce((total, n) => total + n, 0) * podGroup.nodes * podGroup.acceleratorsPerNode;
  }, 0);
  const [set] = PLAN.decision.allocations;
  const properties = { namespace: 'llm', pod: `${set!.id}-6d5f-abcde` };
  const window = { start: '2026-11-16T00:00:00Z', end: '2026-11-17T00:00:00Z' };
  const item = {
    name: 'x',
    properties,
    window,
    gpuHours: accelerators * 24,
    totalCost: perHour * 24 * price,
  };
  return { code: 200, data: [{ x: item }] };
}

async function measured(world: World, costs: unknown, ...flags: readonly string[]) {
  const server = await startMeasurementServer({ world, allocation: costs });
  const userUrl = server.url.replace('http://', 'http://olga:s3cret@');
  try {
    const finished = await plimsollBeside(
      ['drift', 'chat', '--no-live', '--prometheus', userUrl, '--opencost', userUrl, ...flags],
      { env: { PLIMSOLL_OPENCOST_TOKEN: 'tok-77' } },
    );
    return { finished, server };
  } finally {
    await server.close();
  }
}

describe('plimsoll drift of measurements', () => {
  it('exits 0 when all is as planned, and never shows credentials', async () => {
    const { finished, server } = await measured(asPlanned(), allocation());
    expect(finished.stdout).toMatch(/No drift: \d+ figures within the tolerance\./);
    expect(finished.exitCode).toBe(0);
    expect(finished.stdout + finished.stderr).not.toMatch(/olga|s3cret|tok-77/);
    expect(new Set(server.authorizations).size).toBe(2);
    expect(server.allocations[0]?.get('window')).toBe('168h');
  });

  it('exits 5 and says which assumptions moved', async () => {
    const traffic = PLAN.traffic[0]!;
    const world = {
      ...asPlanned(),
      request_success_total: rates(1.5),
      'vllm:request_generation_tokens_sum': steady(traffic.osl.mean * 1400),
    };
    const { finished } = await measured(world, allocation(1.3), '--json');
    const { measurements, hasDrifted } = jsonOf(finished).result as DriftReport;
    expect([finished.exitCode, hasDrifted]).toEqual([5, true]);
    expect(measurements!.moved.map(({ assumption }) => assumption)).toEqual([
      'traffic-rate',
      'output-length',
      'price',
    ]);
    expect(finished.stdout).not.toMatch(/olga|s3cret|tok-77/);
  });

  it('takes what is more than the default tolerance where a wider one is stated', async () => {
    const world = { ...asPlanned(), request_success_total: rates(1.3) };
    expect((await measured(world, allocation())).finished.exitCode).toBe(5);
    expect((await measured(world, allocation(), '--tolerance', '40%')).finished.exitCode).toBe(0);
  });

  it('says what is not measured and guesses nothing', async () => {
    const { finished } = await measured({}, allocation(), '--json');
    expect(codesOf(finished)).toContain('apply-metrics-empty');
    const { measurements } = jsonOf(finished).result as DriftReport;
    expect(measurements!.missing[0]?.what).toContain('request rate');
    expect(finished.exitCode).toBe(0);
  });
});

/** How little the engine is told. */
const BARE: DriftOptions = { windowSeconds: 3600, tolerance: { relative: 0.2 }, now: 1_795_000_000 };

describe('plimsoll drift that cannot be done', () => {
  it.each<[string, string, Partial<DriftOptions>, string]>([
    ['nothing to compare', 'chat', {}, 'apply-drift-nothing'],
    ['no such plan', 'absent', { prometheus: { url: 'http://127.0.0.1:1' } }, 'plan-not-found'],
    ['no address', 'chat', { prometheus: { url: 'nowhere' } }, 'apply-metrics-address'],
    ['nobody there', 'chat', { prometheus: { url: 'http://127.0.0.1:1' } }, 'apply-metrics-unreachable'],
    ['no export', 'chat', { opencost: { from: 'package.json' } }, 'apply-opencost-layout'],
    ['no kubeconfig', 'chat', { live: { cluster: { kubeconfig: 'absent' } } }, 'apply-no-kubeconfig'],
    ['a dump that is none', 'chat', { live: { dump: 'package.json' } }, 'pack-not-a-dump'],
  ])('for %s says so', async (_, plan, options, code) => {
    const outcome = await driftOfPlan(plan, { ...BARE, ...options }, quietHost());
    expect([outcome.ok, outcome.diagnostics[0]?.code]).toEqual([false, code]);
  });

  it('for manifests that are gone says so, lest their objects pass for unplanned ones', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-drift-'));
    try {
      cpSync(FOLDER, folder, { recursive: true });
      rmSync(path.join(folder, PLAN.objects[0]!.path));
      const live = { dump: '-', stdin: '{"kind":"List","items":[]}' };
      const outcome = await driftOfPlan(folder, { ...BARE, live }, quietHost());
      expect([outcome.ok, outcome.diagnostics.at(-1)?.code]).toEqual([false, 'apply-plan-edited']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('exits 64 when nothing is named to compare', () => {
    expect(plimsoll(['drift', 'chat', '--no-live']).exitCode).toBe(64);
  });
});
