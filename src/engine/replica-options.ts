import { findAccelerator, findInstanceType, findModel } from '../catalog/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { closestName, diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { ENGINE_VERSIONS, NO_PARALLELISM, engineVersion } from '../model/index.ts';
import type {
  Accelerator,
  EngineName,
  InstanceType,
  ModelArchitecture,
  Parallelism,
  Precision,
} from '../model/index.ts';
import { arithmeticFor, nodeReach } from '../perf/index.ts';
import type { NodeReach, ReplicaConfiguration, StageConfiguration } from '../perf/index.ts';
import type { BytesPerSecond } from '../units/index.ts';
import { fitReplica } from './replica-fit.ts';
import { resolveStages } from './stage-options.ts';
import type { StageOptions } from './stage-options.ts';

/** One configuration as a user states it; what is absent is chosen and said (`ChosenReplica.choices`). */
export interface ReplicaOptions {
  /** Name of the model in the catalogue. */
  readonly model: string;
  /** Name of the accelerator; needed unless an instance type tells it. */
  readonly accelerator?: string;
  /** Instance type that holds the accelerators; tells how far fast links reach, network and price. */
  readonly instanceType?: string;
  readonly parallelism?: Partial<Parallelism>;
  /** Pipeline stages in order where they differ in accelerator or layers; they take the place of `accelerator`. */
  readonly stages?: readonly StageOptions[];
  /** Default `vllm`. */
  readonly engine?: EngineName;
  /** Default the version whose step times were measured. */
  readonly engineVersion?: string;
  /** Default the first published format of the model that the accelerator computes. */
  readonly weightPrecision?: Precision;
  /** Default `bf16`. */
  readonly kvPrecision?: Precision;
  readonly maxBatchedTokens?: number;
  readonly maxSequences?: number;
  /** Longest sequence, tokens; default the model's own limit, or what the KV cache holds if that is less. */
  readonly maxModelLength?: number;
  /** Accelerators that fast links reach; default as the instance type or the catalogue tells. */
  readonly acceleratorsPerNode?: number;
  /** Per accelerator and direction. */
  readonly interNodeBandwidth?: BytesPerSecond;
  readonly speculative?: { readonly draftTokens: number; readonly acceptance: number };
}

/** A configuration whose names are looked up and that fits, with what was chosen for the user. */
export interface ChosenReplica {
  readonly configuration: ReplicaConfiguration;
  readonly engineVersion: string;
  readonly instanceType?: InstanceType;
  /** Sentences about what was chosen because it was not stated. */
  readonly choices: readonly string[];
}

/** Token budget of a step and sequences in flight unless stated: defaults of vLLM's server on large cards (vLLM 0.19, 2026). */
const DEFAULT_BATCHED_TOKENS = 8192;
const DEFAULT_SEQUENCES = 256;
/** Accelerators of a node where no instance type of the catalogue holds this accelerator (*assumed*: a usual server). */
const SERVER_SIZE = 8;
/** Network per accelerator unless stated: 400 Gbit/s, the usual rail of an H100 server (*assumed*). */
const NETWORK_BANDWIDTH = 50e9 as BytesPerSecond;
/** Time of drafting one token over a decode step of the model: an own prediction head (*assumed*, see `SpeculativeDecoding`). */
const DRAFT_COST = 0.05;

/**
 * The configuration that options describe, checked to run. All unknown names are reported together.
 * Errors: `catalog-unknown-*` with the closest name, `engine-usage` for options that contradict each other, and those of
 * `fitReplica`.
 */
export function resolveReplica(options: ReplicaOptions, catalog: Catalog): Outcome<ChosenReplica> {
  const model = findModel(catalog, options.model, '--model');
  const stages = resolveStages(options, catalog);
  const hardware = stages.ok
    ? resolveHardware(options, stages.value, catalog)
    : failure(...stages.diagnostics);
  const contradictions = contradictionsOf(options);
  const problems = [...model.diagnostics, ...hardware.diagnostics, ...contradictions];
  if (!model.ok || !hardware.ok || contradictions.length > 0) return failure(...problems);
  const chosen = choose(options, model.value, hardware.value);
  const fitted = fitReplica(chosen.configuration, options.maxModelLength !== undefined);
  if (!fitted.ok) return fitted;
  const length = fitted.value.maxModelLength;
  const cut =
    length < chosen.configuration.maxModelLength
      ? [`Sequences up to ${length} tokens: what the KV cache holds.`]
      : [];
  return success({ ...chosen, configuration: fitted.value, choices: [...chosen.choices, ...cut] }, problems);
}

interface Hardware {
  readonly accelerator: Accelerator;
  readonly instanceType: InstanceType | undefined;
  readonly reach: NodeReach;
  readonly stages?: readonly StageConfiguration[];
}

function resolveHardware(
  options: ReplicaOptions,
  stages: readonly StageConfiguration[] | undefined,
  catalog: Catalog,
): Outcome<Hardware> {
  const { instanceType: instanceName } = options;
  const instance =
    instanceName === undefined
      ? undefined
      : findInstanceType(catalog, instanceName, { path: '--instance-type' });
  if (instance?.ok === false) return instance;
  const held = instance?.value.accelerator;
  const name = stages?.[0]?.accelerator.name ?? options.accelerator ?? held?.name;
  if (name === undefined) return failure(noAccelerator(instanceName));
  const accelerator = findAccelerator(catalog, name, '--accelerator');
  if (!accelerator.ok) return accelerator;
  if (instance !== undefined && accelerator.value.name !== holdsName(catalog, held?.name)) {
    return failure(
      diagnostic('engine-usage', {
        summary: `${instance.value.name} holds ${held === undefined ? 'no accelerator' : `${held.count} × ${held.name}`}, not ${accelerator.value.name}.`,
        path: '--instance-type',
        fix: 'Leave --accelerator out, or name another instance type.',
      }),
    );
  }
  const stated = options.acceleratorsPerNode;
  const reachOf = ({ name: kind }: Accelerator): NodeReach =>
    stated === undefined
      ? nodeReach({ accelerator: held ?? usualNode(catalog, kind) })
      : { acceleratorsPerNode: stated };
  return success({
    accelerator: accelerator.value,
    instanceType: instance?.value,
    reach: reachOf(accelerator.value),
    ...(stages === undefined
      ? {}
      : { stages: stages.map((stage) => ({ ...stage, reach: reachOf(stage.accelerator) })) }),
  });
}

function holdsName(catalog: Catalog, name: string | undefined): string | undefined {
  const found = name === undefined ? undefined : findAccelerator(catalog, name);
  return found?.ok === true ? found.value.name : name;
}

function noAccelerator(instanceName: string | undefined): Diagnostic {
  return diagnostic('engine-usage', {
    summary:
      instanceName === undefined
        ? 'The configuration names no accelerator.'
        : `${instanceName} holds no accelerator.`,
    path: '--accelerator',
    fix: 'Name one with --accelerator; `plimsoll catalog list --kind accelerator` shows the known ones.',
  });
}

/** The accelerators of this name in the instance type of the catalogue whose fast links join the most. */
function usualNode(catalog: Catalog, accelerator: string): NonNullable<InstanceType['accelerator']> {
  const reachOf = (held: NonNullable<InstanceType['accelerator']>): number => held.linkDomain ?? held.count;
  const nodes = catalog.instanceTypes.flatMap(({ accelerator: held }) =>
    held !== undefined && holdsName(catalog, held.name) === accelerator ? [held] : [],
  );
  const [first = { name: accelerator, count: SERVER_SIZE }, ...others] = nodes;
  return others.reduce((most, held) => (reachOf(held) > reachOf(most) ? held : most), first);
}

const MEASURED_ENGINES = Object.keys(ENGINE_VERSIONS);

function isMeasured(engine: EngineName): boolean {
  return MEASURED_ENGINES.includes(engine);
}

/** Options that cannot be meant. An engine that resembles no known one is taken as the user's own. */
function contradictionsOf(options: ReplicaOptions): readonly Diagnostic[] {
  const { speculative, engine } = options;
  const doesNotAccept =
    speculative !== undefined && !(speculative.acceptance >= 0 && speculative.acceptance <= 1);
  const meant =
    engine === undefined || isMeasured(engine) ? undefined : closestName(engine, MEASURED_ENGINES);
  return [
    ...(doesNotAccept
      ? [
          diagnostic('engine-usage', {
            summary: `An acceptance of ${speculative.acceptance} is no probability.`,
            path: '--acceptance',
            fix: 'State a number from 0 to 1, such as --acceptance 0.7.',
          }),
        ]
      : []),
    ...(meant === undefined
      ? []
      : [
          diagnostic('engine-usage', {
            summary: `There is no engine "${engine ?? ''}".`,
            path: '--engine',
            fix: `Did you mean "${meant}"?`,
          }),
        ]),
  ];
}

function choose(options: ReplicaOptions, architecture: ModelArchitecture, hardware: Hardware): ChosenReplica {
  const { accelerator, instanceType, reach, stages } = hardware;
  const engine = options.engine ?? 'vllm';
  const weightPrecision =
    options.weightPrecision ??
    firstComputable(architecture, stages?.map((stage) => stage.accelerator) ?? [accelerator]);
  const perAccelerator = (instanceType?.networkBandwidth ?? 0) / (instanceType?.accelerator?.count ?? 1);
  const interNodeBandwidth =
    options.interNodeBandwidth ??
    (perAccelerator > 0 ? (perAccelerator as BytesPerSecond) : NETWORK_BANDWIDTH);
  const { speculative } = options;
  return {
    configuration: {
      architecture,
      accelerator,
      parallelism: {
        ...NO_PARALLELISM,
        ...(stages === undefined ? {} : { pipelineParallel: stages.length }),
        ...options.parallelism,
      },
      ...(stages === undefined ? {} : { stages }),
      ...reach,
      interNodeBandwidth,
      engine,
      weightPrecision,
      kvPrecision: options.kvPrecision ?? 'bf16',
      batch: {
        maxBatchedTokens: options.maxBatchedTokens ?? DEFAULT_BATCHED_TOKENS,
        maxSequences: options.maxSequences ?? DEFAULT_SEQUENCES,
      },
      maxModelLength: options.maxModelLength ?? architecture.maxContext,
      ...(speculative === undefined ? {} : { speculative: { ...speculative, draftCost: DRAFT_COST } }),
    },
    engineVersion: options.engineVersion ?? engineVersion(engine),
    ...(instanceType === undefined ? {} : { instanceType }),
    choices: [
      ...(options.weightPrecision === undefined
        ? [`Weights in ${weightPrecision}: the first published format that the accelerator computes.`]
        : []),
      ...(options.maxBatchedTokens === undefined && options.maxSequences === undefined
        ? [
            `Batches of ${DEFAULT_BATCHED_TOKENS} tokens and ${DEFAULT_SEQUENCES} sequences: defaults of vLLM on large cards.`,
          ]
        : []),
      ...(options.acceleratorsPerNode === undefined && instanceType === undefined
        ? [`Fast links among ${reach.acceleratorsPerNode} accelerators: the most that the catalogue knows.`]
        : []),
      ...(isMeasured(engine) ? [] : [`${engine} was not measured: it has the overheads of vLLM (assumed).`]),
      ...(speculative === undefined
        ? []
        : [`Drafting one token takes ${DRAFT_COST * 100} % of a decode step of the model (assumed).`]),
    ],
  };
}

function firstComputable(architecture: ModelArchitecture, accelerators: readonly Accelerator[]): Precision {
  return (
    architecture.checkpoints.find((precision) =>
      accelerators.every((accelerator) => arithmeticFor(precision, accelerator) !== undefined),
    ) ??
    architecture.checkpoints[0] ??
    'bf16'
  );
}
