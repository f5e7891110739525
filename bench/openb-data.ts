/** Reading the openb folder: node list, pod lists, and what the authors of FGD published for them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { WHOLE_GPU_MILLI } from '../src/optimize/online-packing/index.ts';
import type { ClusterNode, PodShape } from '../src/optimize/online-packing/index.ts';

const POD_LIST = /^openb_pod_list_(.+)\.csv(\.gz)?$/;
const NODE_LIST = 'openb_node_list_gpu_node';
const PUBLISHED = 'published-fgd-allo';

/** Allocated GPU per cent by pod list, policy (as the authors name it) and arrived GPU per cent: one value per seed. */
export type PublishedAllocation = ReadonlyMap<
  string,
  ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>
>;

/** A folder of the data set. */
export interface OpenbData {
  readonly folder: string;
  readonly nodes: readonly ClusterNode[];
  /** Names of the pod lists in the folder, sorted ("default", "cpu050", ...). */
  readonly lists: readonly string[];
  readonly published: PublishedAllocation;
}

/** Opens DIR/packing/openb, or DIR itself when the pod lists lie there. Throws an Error that says what is missing. */
export function openOpenb(dir: string): OpenbData {
  const folder = [path.join(dir, 'packing', 'openb'), dir].find(
    (place) => existsSync(place) && readdirSync(place).some((file) => POD_LIST.test(file)),
  );
  if (folder === undefined)
    throw new Error(
      `no openb_pod_list_*.csv(.gz) in ${path.join(dir, 'packing', 'openb')} or ${dir}; give the data with --data DIR`,
    );
  const files = readdirSync(folder);
  const lists = new Set(files.flatMap((file) => POD_LIST.exec(file)?.[1] ?? []));
  return {
    folder,
    nodes: readTable(folder, NODE_LIST).map((row) => ({
      name: row.text('sn'),
      cpuMilli: row.count('cpu_milli'),
      memoryMib: row.count('memory_mib'),
      gpus: row.count('gpu'),
      model: row.text('model'),
    })),
    lists: [...lists].sort(),
    published: files.some((file) => file.startsWith(PUBLISHED)) ? readPublished(folder) : new Map(),
  };
}

/** The pods of one list, in its order. Throws an Error that names the file and line of a row that cannot be read. */
export function readPodList(data: OpenbData, list: string): readonly PodShape[] {
  return readTable(data.folder, `openb_pod_list_${list}`).map((row) => {
    const gpus = row.count('num_gpu');
    return {
      cpuMilli: row.count('cpu_milli'),
      memoryMib: row.count('memory_mib'),
      gpus,
      gpuMilli: gpus === 0 ? 0 : Math.min(WHOLE_GPU_MILLI, row.count('gpu_milli')),
      models: row
        .text('gpu_spec')
        .split('|')
        .filter((model) => model !== ''),
    };
  });
}

function readPublished(folder: string): PublishedAllocation {
  const lists = new Map<string, Map<string, Map<number, number[]>>>();
  for (const row of readTable(folder, PUBLISHED)) {
    const policies = entry(
      lists,
      row.text('workload').replace('openb_pod_list_', ''),
      () => new Map<string, Map<number, number[]>>(),
    );
    const loads = entry(policies, row.text('policy').replace(/^\d+-/, ''), () => new Map<number, number[]>());
    entry(loads, row.count('arrived_gpu_pct_of_capacity'), () => []).push(row.count('allocated_gpu_pct'));
  }
  return lists;
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V;
function entry<V>(map: Map<number, V>, key: number, make: () => V): V;
function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/** One row of a comma-separated table without quotes. */
interface Row {
  /** A column as text; empty when the table has no such column. */
  text(column: string): string;
  /** A column as a number that is not negative. */
  count(column: string): number;
}

function readTable(folder: string, name: string): readonly Row[] {
  const file = [`${name}.csv.gz`, `${name}.csv`]
    .map((each) => path.join(folder, each))
    .find((each) => existsSync(each));
  if (file === undefined) throw new Error(`${name}.csv(.gz) is missing in ${folder}`);
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const columns = new Map(head.split(',').map((column, i) => [column, i]));
  return lines.map((line, i) => {
    const cells = line.split(',');
    const cell = (column: string): string => cells[columns.get(column) ?? -1] ?? '';
    return {
      text: cell,
      count: (column) => {
        const value = Number(cell(column));
        if (cell(column) === '' || !(value >= 0))
          throw new Error(`${file}, line ${i + 2}: ${column} is "${cell(column)}", which is no amount`);
        return value;
      },
    };
  });
}
