import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { resolveModels, resolveOfferings, shippedCatalog } from '../src/catalog/index.ts';
import type { Diagnostic } from '../src/diagnostics/index.ts';
import { PROBLEM_API_VERSION, parseProblem } from '../src/model/index.ts';
import type { Offering, ResolvedWorkload } from '../src/model/index.ts';
import { readTrace } from '../src/traffic/index.ts';
import type { LengthColumns } from '../src/traffic/index.ts';

/** Requests whose lengths a case is drawn from. */
export interface GpuMixData {
  readonly name: string;
  readonly file: string;
  /** Limit on the p99 of the time to the first token, by how long its prompts are (*assumed*: loose, it bounds queues). */
  readonly ttft: string;
}

/** The data sets of the benchmark; lengths alone are taken, requests share no prefixes. */
export const DATA: readonly GpuMixData[] = [
  { name: 'azure-conversation', file: 'azure-llm-2023-conv.csv.gz', ttft: '5s' },
  { name: 'azure-code', file: 'azure-llm-2023-code.csv.gz', ttft: '5s' },
  { name: 'sharegpt', file: 'lengths-sharegpt.csv.gz', ttft: '5s' },
  { name: 'arxiv', file: 'lengths-arxiv-summarization.csv.gz', ttft: '10s' },
  { name: 'mooncake', file: 'mooncake-conversation.jsonl.gz', ttft: '60s' },
];

/** The model of all cases: the successor of the paper's Llama-2-7B that holds the prompts of all data sets. */
const MODEL = 'meta-llama/Meta-Llama-3.1-8B';

/** An instance type in a region of the catalogue. */
interface PoolPlace {
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
}

const PLACES: Readonly<Record<string, PoolPlace>> = {
  aws: { provider: 'aws', region: 'us-east-1', zone: 'us-east-1a' },
  azure: { provider: 'azure', region: 'eastus', zone: 'eastus-1' },
  'azure-2': { provider: 'azure', region: 'eastus2', zone: 'eastus2-1' },
  gcp: { provider: 'gcp', region: 'us-central1', zone: 'us-central1-a' },
  'gcp-east': { provider: 'gcp', region: 'us-east4', zone: 'us-east4-a' },
};

/** The four GPUs of the paper, each on the cheapest instance type on demand with a single one (catalogue, 2026). */
export const PAPER_POOLS: readonly (readonly [name: string, place: string, instanceType: string])[] = [
  ['L4', 'gcp-east', 'g2-standard-4'],
  ['A10G', 'aws', 'g5.xlarge'],
  ['A100-80GB', 'azure', 'Standard_NC24ads_A100_v4'],
  ['H100', 'aws', 'p5.4xlarge'],
];

/** Makers of GPUs; other accelerators run engines of their own. */
const GPU_VENDORS: readonly string[] = ['nvidia', 'amd'];

/** Every pool of GPUs with a price on demand: per place, accelerator and number in a node the cheapest instance type. */
export function cataloguePools(): readonly (readonly [name: string, place: string, instanceType: string])[] {
  const catalog = shippedCatalog();
  const gpus = new Set(
    catalog.accelerators.filter((item) => GPU_VENDORS.includes(item.vendor)).map((item) => item.name),
  );
  return Object.entries(PLACES).flatMap(([place, { provider, region }]) => {
    const priced = catalog.instanceTypes.flatMap((instance) => {
      const price = catalog.prices.find(
        (item) =>
          item.provider === provider &&
          item.instanceType === instance.name &&
          item.region === region &&
          item.capacityType === 'on-demand',
      )?.price;
      const { accelerator } = instance;
      if (instance.provider !== provider || accelerator === undefined || price === undefined) return [];
      return gpus.has(accelerator.name) ? [{ instance, price, accelerator }] : [];
    });
    const groups = Map.groupBy(priced, ({ accelerator }) => `${accelerator.name} ${accelerator.count}`);
    return [...groups.values()].flatMap((members) => {
      const [cheapest] = members.sort((a, b) => a.price - b.price);
      if (cheapest === undefined) return [];
      const { name, count } = cheapest.accelerator;
      return [[`${count} × ${name}`, place, cheapest.instance.name] as const];
    });
  });
}

/** Which capacity a service may take. */
export interface CapacityFacts {
  readonly pools: readonly (readonly [name: string, place: string, instanceType: string])[];
  readonly hasSpot: boolean;
}

/** The service and the offerings of a case. `tpot` is the limit on the p99 of the time per output token. */
export function serviceOf(facts: CapacityFacts & { readonly ttft: string; readonly tpot: string }): {
  readonly workload: ResolvedWorkload;
  readonly offerings: readonly Offering[];
} {
  const catalog = shippedCatalog();
  const document = (capacityTypes: readonly string[]): unknown => ({
    apiVersion: PROBLEM_API_VERSION,
    name: 'gpu-mix',
    pools: facts.pools
      .filter(([, place, type]) => capacityTypes[0] !== 'spot' || hasSpotPrice(place, type))
      .map(([, place, instanceType]) => ({
        id: poolId(place, instanceType),
        provider: PLACES[place]!.provider,
        region: PLACES[place]!.region,
        zones: [PLACES[place]!.zone],
        instanceType,
        capacityTypes,
      })),
    workloads: [
      {
        kind: 'llm',
        id: 'service',
        model: MODEL,
        precisions: ['bf16'],
        traffic: { profile: 'sharegpt', meanRate: '1/s' },
        slo: { tpot: { p99: facts.tpot }, ttft: { p99: facts.ttft }, tolerates: 'nothing' },
      },
    ],
  });
  const problem = valueOf(parseProblem(document(['on-demand'])));
  const [workload] = problem.workloads;
  const architecture = valueOf(resolveModels(problem, catalog)).get('service');
  if (workload === undefined || architecture === undefined) throw new Error(`the catalogue lacks ${MODEL}`);
  const spot = facts.hasSpot
    ? valueOf(resolveOfferings(valueOf(parseProblem(document(['spot']))), catalog))
    : [];
  return {
    workload: { workload, architecture, profile: FLAT },
    offerings: [...valueOf(resolveOfferings(problem, catalog)), ...spot],
  };
}

/** Stands in for the profile of the service: mixes draw from lengths instead. */
const FLAT: ResolvedWorkload['profile'] = {
  name: 'lengths',
  hourlyRate: [],
  arrivals: { family: 'gamma', cv: 1 },
  lengths: { inputQuantiles: [1, 131_072], outputQuantiles: [[1, 1]] },
  prefix: { hitRate: 0 },
  provenance: { evidence: 'assumed', source: 'benchmark' },
};

/** The id of an instance type's pool in a place. */
export function poolId(place: string, instanceType: string): string {
  return `${place}-${instanceType}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function hasSpotPrice(place: string, instanceType: string): boolean {
  const { provider, region } = PLACES[place]!;
  return shippedCatalog().prices.some(
    (item) =>
      item.provider === provider &&
      item.region === region &&
      item.instanceType === instanceType &&
      item.capacityType === 'spot',
  );
}

/** The lengths of a data set; no prompt finds a prefix. */
export async function lengthsOf(folder: string, data: GpuMixData): Promise<LengthColumns> {
  const bytes = createReadStream(path.join(folder, 'llm', data.file)).pipe(createGunzip());
  const columns = data.file.startsWith('lengths-')
    ? { columns: { arrival: null, isl: 'num_prefill_tokens', osl: 'num_decode_tokens' } }
    : data.file.startsWith('azure')
      ? { columns: { arrival: 't_seconds', isl: 'context_tokens', osl: 'generated_tokens' } }
      : {};
  const { isl, osl } = valueOf(
    await readTrace(bytes, { fileName: data.file.replace('.gz', ''), format: 'auto', ...columns }),
  );
  return { isl, osl, cachedTokens: new Int32Array(isl.length) };
}

function valueOf<Value>(
  outcome:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] },
): Value {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map((item) => item.summary).join('; '));
}
