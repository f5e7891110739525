import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PackingProblem } from '../src/optimize/priority-packing/index.ts';

/** One instance of the Priority Matters distribution: empty identical nodes, and pods in arrival order. */
export interface PriorityInstance {
  /** nNODES_pPODS_kPRIORITIES_uUTILISATION. */
  readonly config: string;
  readonly seed: string;
  readonly nodes: number;
  readonly priorities: number;
  readonly utilisation: number;
  readonly problem: PackingProblem;
}

const COLUMNS =
  'config,seed,nodes,pods,priorities,target_utilisation,node_cpu_milli,node_memory_bytes,replica_sets';
const REPLICA_SET = /^(\d+)x(\d+)m\/(\d+)B\/p(\d+)$/;

/** Where the instances lie below a data folder. */
export function priorityFile(data: string): string {
  return path.join(data, 'packing', 'priority-matters', 'instances.csv.gz');
}

/** All instances in the order of the file; undefined when the file is absent. Throws on a file of another layout. */
export function readPriorityInstances(data: string): readonly PriorityInstance[] | undefined {
  const file = priorityFile(data);
  if (!existsSync(file)) return undefined;
  const [header, ...rows] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  if (header !== COLUMNS) throw new Error(`${file}: columns are not ${COLUMNS}`);
  return rows.map((row, index) => instanceOf(row, `${file} row ${String(index + 2)}`));
}

/** `count` of `items`, one from each of as many equal stretches, at changing places in them; all when `count` is 0 or not less. */
export function evenSample<T>(items: readonly T[], count: number): readonly T[] {
  if (count <= 0 || count >= items.length) return items;
  const stretch = items.length / count;
  return Array.from({ length: count }, (_, i) => {
    const within = (i * GOLDEN_SHARE) % 1;
    return items[Math.floor((i + within) * stretch)]!;
  });
}

/** Multiples of the golden ratio spread most evenly over a stretch. */
const GOLDEN_SHARE = 0.618_033_988_749_895;

function instanceOf(row: string, place: string): PriorityInstance {
  const [config, seed, nodes, podCount, priorities, utilisation, cpu, memory, sets] = row.split(',');
  const pods = (sets ?? '').split(' ').flatMap((text, set) => {
    const match = REPLICA_SET.exec(text);
    if (match === null) throw new Error(`${place}: replica set '${text}' is not NxCPUm/MEMORYB/pN`);
    const [, replicas, cpuMilli, bytes, priority] = match;
    const requests = [Number(cpuMilli), Number(bytes)];
    return Array.from({ length: Number(replicas) }, (_, i) => ({
      name: `rs${String(set + 1)}-${String(i + 1)}`,
      priority: Number(priority),
      requests,
    }));
  });
  if (pods.length !== Number(podCount))
    throw new Error(`${place}: ${String(pods.length)} pods, not ${podCount ?? '?'}`);
  const capacity = [Number(cpu), Number(memory)];
  return {
    config: config ?? '',
    seed: seed ?? '',
    nodes: Number(nodes),
    priorities: Number(priorities),
    utilisation: Number(utilisation),
    problem: {
      resources: ['cpu', 'memory'],
      nodes: Array.from({ length: Number(nodes) }, (_, i) => ({
        name: `node-${String(i + 1).padStart(3, '0')}`,
        capacity,
      })),
      pods,
    },
  };
}
