import { createReadStream, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { importPriceFile, mergeCatalog, shippedCatalog } from '../src/catalog/index.ts';
import type { Catalog } from '../src/catalog/index.ts';
import type { ResolvedProblem, ServiceDocument } from '../src/model/index.ts';
import { resolvedDocument } from '../src/optimize/testing/resolved-document.ts';

/** One problem of the benchmark. */
export interface MixCase {
  readonly name: string;
  /** Replicas of every microservice that must serve. */
  readonly replicas: number;
  /** `cmr`: compute, general and memory families; `all`: every type without accelerators. */
  readonly types: 'cmr' | 'all';
  /** What may fail: nothing, any node, or any of three zones. */
  readonly tolerates: 'nothing' | 'node' | 'zone';
}

/** Every combination. */
export const MIX_CASES: readonly MixCase[] = (['nothing', 'zone', 'node'] as const).flatMap((tolerates) =>
  (['cmr', 'all'] as const).flatMap((types) =>
    [10, 60].map((replicas): MixCase => ({
      name: `${types}-x${replicas}${tolerates === 'nothing' ? '' : `-${tolerates}`}`,
      replicas,
      types,
      tolerates,
    })),
  ),
);

/** Containers that state no request ask for so much: the median of those that do, rounded (assumed). */
const ASSUMED_CPU = 100;
const ASSUMED_MEMORY = 128;

/** Pods of the applications in `microservices/workloads.csv`: containers of one workload added up. */
export function readPods(
  data: string,
): readonly { readonly id: string; readonly cpu: number; readonly memory: number }[] {
  const file = path.join(data, 'microservices', 'workloads.csv');
  if (!existsSync(file))
    throw new Error(`${file} does not exist; give the folder of the data with --data DIR`);
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const columns = header.trim().split(',');
  const pods = new Map<string, { cpu: number; memory: number }>();
  for (const line of lines) {
    const fields = line.trim().split(',');
    const field = (name: string): string => fields[columns.indexOf(name)] ?? '';
    const id = `${field('app')}-${field('workload')}`.toLowerCase().replace(/[^a-z0-9-]/g, '-');
    const pod = pods.get(id) ?? { cpu: 0, memory: 0 };
    pod.cpu += millicores(field('cpu_request')) ?? ASSUMED_CPU;
    pod.memory += mebibytes(field('memory_request')) ?? ASSUMED_MEMORY;
    pods.set(id, pod);
  }
  // Ids name Kubernetes objects, so they are cut short; the number keeps them apart.
  return [...pods].map(([id, pod], index) => ({
    id: `w${index}-${id}`.slice(0, 36).replace(/-+$/, ''),
    ...pod,
  }));
}

function millicores(text: string): number | undefined {
  if (text === '') return undefined;
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000;
}

const UNITS: Readonly<Record<string, number>> = {
  Ki: 1 / 1024,
  Mi: 1,
  Gi: 1024,
  M: 1e6 / 2 ** 20,
  G: 1e9 / 2 ** 20,
};

function mebibytes(text: string): number | undefined {
  const found = /^([\d.]+)(Ki|Mi|Gi|M|G)$/.exec(text);
  return found === null ? undefined : Number(found[1]) * (UNITS[found[2] ?? ''] ?? NaN);
}

/** The AWS price file of the data, with all its types. */
export async function readCatalog(data: string): Promise<Catalog> {
  const file = path.join(data, 'cloud-catalog', 'aws-us-east-1.csv.gz');
  if (!existsSync(file))
    throw new Error(`${file} does not exist; give the folder of the data with --data DIR`);
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  const imported = await importPriceFile(lines, { fileName: 'aws-us-east-1.csv.gz', layout: 'aws' });
  if (!imported.ok) throw new Error(imported.diagnostics.map((item) => item.summary).join('; '));
  const merged = mergeCatalog(shippedCatalog(), imported.value.additions);
  if (!merged.ok) throw new Error(merged.diagnostics.map((item) => item.summary).join('; '));
  return merged.value;
}

/** The problem of a case: fixed numbers of replicas on demand in three zones, all amd64 types of its kind. */
export function resolveCase(
  item: MixCase,
  pods: ReturnType<typeof readPods>,
  catalog: Catalog,
): ResolvedProblem {
  return resolvedDocument(
    {
      apiVersion: 'plimsoll.dev/v1alpha1',
      name: 'mix',
      pools: [
        {
          id: 'nodes',
          provider: 'aws',
          region: 'us-east-1',
          zones: item.tolerates === 'zone' ? ['us-east-1a', 'us-east-1b', 'us-east-1c'] : ['us-east-1a'],
          instanceTypes: item.types === 'cmr' ? { names: ['c*', 'm*', 'r*'] } : {},
          capacityTypes: ['on-demand'],
        },
      ],
      services: pods.map((pod): ServiceDocument => ({
        id: pod.id,
        performance: {
          fixed: {
            resources: { requests: { cpu: `${pod.cpu}m`, memory: `${pod.memory}Mi` } },
            replicas: item.replicas,
          },
        },
        slo: { tolerates: item.tolerates },
      })),
    },
    catalog,
  );
}
