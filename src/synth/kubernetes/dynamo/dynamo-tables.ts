import type { EngineTable, FlagRow } from '../../engines/flag-table.ts';
import { SGLANG } from '../../engines/sglang.ts';
import { VLLM } from '../../engines/vllm.ts';
import { dynamoRuntime } from './dynamo-runtimes.ts';

/** Port of a worker's health and Prometheus series (Dynamo operator, `DYN_SYSTEM_PORT`, 1.3). */
export const SYSTEM_PORT = 9090;

/** Rows that mean something else in a worker of Dynamo: it serves no HTTP, so it has no address of its own. */
const REPLACED: ReadonlySet<FlagRow['field']> = new Set(['endpoint']);

const WORKER_ARGUMENTS =
  'docs.nvidia.com/dynamo, backends (1.3); examples/backends/{vllm,sglang}/deploy/v1beta1';

/** vLLM inside a worker of Dynamo, which takes the engine's own arguments and the model by a flag. */
const DYNAMO_VLLM: EngineTable = {
  ...ofDynamo(VLLM, 'dynamo.vllm'),
  rows: [
    ...withoutReplaced(VLLM).map((row) => (row.field === 'model' ? { ...row, flag: '--model' } : row)),
    {
      versions: { from: '0.11.0' },
      field: 'role',
      flag: '--disaggregation-mode',
      value: (launch) => (launch.role === 'aggregated' ? undefined : launch.role),
      source: WORKER_ARGUMENTS,
    },
  ],
  // The worker finds the address for its side channel itself.
  environmentRows: VLLM.environmentRows.filter((row) => row.field === 'stageLayers'),
};

/** SGLang inside a worker of Dynamo, whose flag for the role is the engine's own. */
const DYNAMO_SGLANG: EngineTable = { ...ofDynamo(SGLANG, 'dynamo.sglang'), rows: withoutReplaced(SGLANG) };

/** Engines inside the images of Dynamo. */
export const DYNAMO_TABLES: readonly EngineTable[] = [DYNAMO_SGLANG, DYNAMO_VLLM];

/** Image of the Dynamo runtime that holds an engine, nearest to a version of it. */
export function dynamoImage(engine: string, version: string): string {
  const release = dynamoRuntime(engine, version)?.release ?? version;
  return `nvcr.io/nvidia/ai-dynamo/${engine}-runtime:${release}`;
}

function ofDynamo(table: EngineTable, module: string): EngineTable {
  return {
    ...table,
    image: (version) => dynamoImage(table.engine, version),
    command: ['python3', '-m', module],
    source: WORKER_ARGUMENTS,
  };
}

function withoutReplaced(table: EngineTable): readonly FlagRow[] {
  return table.rows.filter((row) => !REPLACED.has(row.field));
}
