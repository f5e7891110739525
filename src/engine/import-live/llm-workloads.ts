import { findModel, shippedCatalog } from '../../catalog/index.ts';
import type { LlmServiceDocument, Precision, TrafficDocument } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import type { KubernetesObject } from '../import-manifests/kubernetes-objects.ts';
import type { Remarks } from '../import-manifests/remarks.ts';
import { jsonFlag } from './engine-command.ts';
import type { EngineCommand } from './engine-command.ts';

/** A Deployment, StatefulSet or LeaderWorkerSet whose pods run an engine. */
export interface EngineSet {
  readonly object: KubernetesObject;
  readonly command: EngineCommand;
  readonly replicas: number;
}

/** What is taken for traffic and SLO where nothing was measured; *assumed*, and said so. */
const ASSUMED_PROFILE = 'azure-llm-2023-conversation';
const ASSUMED_SLO: LlmServiceDocument['slo'] = { ttft: { p99: '2s' }, tpot: { p99: '100ms' } };
/** Flags whose values a plan decides anew; they are told. */
const DECIDED = [
  'tensor-parallel-size',
  'pipeline-parallel-size',
  'data-parallel-size',
  'expert-parallel-size',
  'enable-expert-parallel',
  'max-num-seqs',
  'max-num-batched-tokens',
  'gpu-memory-utilization',
  'mem-fraction-static',
];
/** Endings of checkpoint names that tell how weights were made smaller. */
const MADE_SMALLER =
  /[-_.]?(fp8(?:[-_.]?dynamic)?|awq|gptq|int4|int8|w4a16|w8a8|nvfp4|fp4|mxfp4|quantized).*$/i;
/** Longest id of a workload. */
const LONGEST_ID = 40;

/** Measured traffic of the sets of one model, where there is some, and where to put remarks. */
export interface LlmFacts {
  readonly trafficOf: (sets: readonly EngineSet[]) => TrafficDocument | undefined;
  readonly remarks: Remarks;
}

/**
 * Language models as workloads: sets that serve the same model under one name in one namespace are one. Which engine, precision and lengths
 * it has now stays; how replicas are cut is the plan's to decide and only told.
 */
export function llmWorkloads(sets: readonly EngineSet[], facts: LlmFacts): readonly LlmServiceDocument[] {
  const taken = new Set<string>();
  return modelGroups(sets).map((group) => {
    const id = freeId(commonName(group), taken);
    taken.add(id);
    return llmWorkload(group, { ...facts, id });
  });
}

/** Sets by what they serve and where, sorted; none is empty. */
export function modelGroups(sets: readonly EngineSet[]): readonly (readonly EngineSet[])[] {
  const groups = Map.groupBy(sets, ({ object, command }) =>
    JSON.stringify([object.namespace, command.servedName ?? command.model ?? object.name]),
  );
  return sortedBy(groups, ([key]) => key).map(([, group]) => group);
}

function llmWorkload(
  group: readonly EngineSet[],
  { id, trafficOf, remarks }: LlmFacts & { readonly id: string },
): LlmServiceDocument {
  const { object, command } = group[0]!;
  const { flags } = command;
  const precision = weightPrecision(command);
  const { model, checkpoint } = modelOf(group[0]!, remarks);
  const longest = tokensOf(flags.get('max-model-len'));
  const isApart = group.some((set) => isDisaggregated(set.command));
  const kv = kvPrecision(flags.get('kv-cache-dtype'));
  tellHow(group, remarks);
  return {
    kind: 'llm',
    id,
    model,
    ...(checkpoint === undefined ? {} : { checkpoints: { [precision]: checkpoint } }),
    precisions: [precision],
    ...(kv === undefined ? {} : { kvPrecisions: [kv] }),
    engines: [command.engine],
    traffic: trafficOf(group) ?? assumedTraffic(group, remarks),
    slo: ASSUMED_SLO,
    ...(longest === undefined ? {} : { maxModelLength: longest }),
    ...(isApart ? { serving: 'disaggregated' as const } : {}),
    ...(object.namespace === '' ? {} : { namespace: object.namespace }),
  };
}

/** The model's name in the catalogue: what clients ask for, what is loaded, or that without the ending of a smaller checkpoint. */
function modelOf(
  { object, command }: EngineSet,
  remarks: Remarks,
): { readonly model: string; readonly checkpoint?: string } {
  const loaded = command.model ?? command.servedName ?? object.name;
  const names = [command.servedName, loaded, loaded.replace(MADE_SMALLER, '')].flatMap((name) => name ?? []);
  const known = names.find((name) => name !== '' && findModel(shippedCatalog(), name).ok);
  if (known === undefined) {
    remarks.say('import-unknown-model', object, {
      summary: `${object.kind} "${object.name}" serves "${loaded}", which the catalogue does not know.`,
      fix: 'Name the architecture it has, or add its dimensions (config.json) under `catalog.models`.',
    });
  }
  const model = known ?? loaded;
  // A checkpoint that was made smaller is named, lest the engine makes the model smaller itself.
  const isChosen = model !== loaded || MADE_SMALLER.test(loaded);
  return command.model !== undefined && isChosen ? { model, checkpoint: loaded } : { model };
}

function weightPrecision({ flags, model = '' }: EngineCommand): Precision {
  const said = `${flags.get('quantization') ?? ''} ${MADE_SMALLER.exec(model)?.[1] ?? ''}`.toLowerCase();
  if (/mxfp4/.test(said)) return 'mxfp4';
  if (/nvfp4|fp4/.test(said)) return 'nvfp4';
  if (/fp8/.test(said)) return 'fp8';
  if (/awq|gptq|int4|w4a16/.test(said)) return 'int4';
  return /int8|w8a8/.test(said) ? 'int8' : 'bf16';
}

function kvPrecision(said: string | undefined): Precision | undefined {
  if (said === undefined || said === 'auto') return undefined;
  return said.startsWith('fp8') ? 'fp8' : /bf16|bfloat16/.test(said) ? 'bf16' : undefined;
}

/** `16384`, `16k` (thousands) or `16K` (1024), as vLLM reads them. */
function tokensOf(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kK]?)$/.exec(text ?? '');
  if (match === null) return undefined;
  const unit = match[2] === 'k' ? 1000 : match[2] === 'K' ? 1024 : 1;
  const tokens = Math.floor(Number(match[1]) * unit);
  return tokens >= 1 ? tokens : undefined;
}

function isDisaggregated(command: EngineCommand): boolean {
  const mode = command.flags.get('disaggregation-mode');
  const role = jsonFlag(command, 'kv-transfer-config')['kv_role'];
  return mode === 'prefill' || mode === 'decode' || role === 'kv_producer' || role === 'kv_consumer';
}

/** How the model runs now, in one remark for each set. */
function tellHow(group: readonly EngineSet[], remarks: Remarks): void {
  for (const { object, command, replicas } of group) {
    const decided = DECIDED.flatMap((name) => {
      const value = command.flags.get(name);
      return value === undefined ? [] : [value === 'true' ? name : `${name} ${value}`];
    });
    const version = command.version === undefined ? '' : ` ${command.version}`;
    remarks.say('import-engine-facts', object, {
      summary: `${object.kind} "${object.name}" runs ${command.engine}${version} with ${String(replicas)} replicas${decided.length === 0 ? '' : `: ${decided.join(', ')}`}.`,
      detail:
        'The plan chooses replicas, parallel sizes and batch limits; `plimsoll estimate` tells what these give.',
    });
  }
}

function assumedTraffic(group: readonly EngineSet[], remarks: Remarks): TrafficDocument {
  const replicas = Math.max(
    1,
    group.reduce((sum, set) => sum + set.replicas, 0),
  );
  remarks.say('import-assumed-traffic', group[0]!.object, {
    summary: `Traffic of "${group[0]!.object.name}" is assumed: one request per second and replica, with the lengths of ${ASSUMED_PROFILE}; so is its SLO.`,
    fix: 'Import with --prometheus to have traffic measured, or name a trace or rate; write the SLO you promise.',
  });
  return { profile: ASSUMED_PROFILE, meanRate: `${replicas}/s` };
}

/** The longest beginning that all names share, by whole words; the first name where they share none. */
function commonName(group: readonly EngineSet[]): string {
  const names = group.map(({ object }) => object.name.split('-'));
  const [first] = names;
  const shared = first!.findIndex((word, at) => names.some((name) => name[at] !== word));
  const words = shared <= 0 ? first! : first!.slice(0, shared);
  const id = words
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_ID)
    .replace(/-+$/, '');
  return id === '' ? 'model' : id;
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  for (let n = 2; ; n++) {
    const next = `${id.slice(0, LONGEST_ID - 4)}-${String(n)}`;
    if (!taken.has(next)) return next;
  }
}
