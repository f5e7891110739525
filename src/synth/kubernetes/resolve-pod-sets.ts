import { diagnostic, failure, hasErrors, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { Allocation, EvaluatedCandidate, Role } from '../../model/index.ts';
import { sortedBy } from '../../units/index.ts';
import { engineCommand, findEngineTable } from '../engines/flag-table.ts';
import type { EngineCommand, EngineTable } from '../engines/flag-table.ts';
import { HTTP_PORT } from '../engines/launch.ts';
import type { GroupPosition, Launch } from '../engines/launch.ts';
import { ENGINE_TABLES } from '../engines/tables.ts';
import type { SynthesisSource } from '../files.ts';
import { hasDenseFeedForward, isPublishedIn, publishedId } from './checkpoint.ts';
import { declaredPool, declaredWorkload } from './declared.ts';
import type { DeclaredWorkload } from './declared.ts';
import { serverLabels } from './kinds/pod-labels.ts';
import { MAX_POD_SET_NAME, podSetNames, shortenedName } from './names.ts';
import { keepsZones, offeringsOf, replicaRange, zonalParts, zoneSpread } from './placement.ts';
import type { PodSet, ZonalPart } from './pod-set.ts';
import { providerTraits } from './providers.ts';
import { hourlyReplicas } from './schedule.ts';

/** What a target profile does otherwise with pods. */
export interface PodSetOptions {
  /** Flag tables; default: the engines' own servers. */
  readonly tables?: readonly EngineTable[];
  /** Port at which the engine of a role answers; default: `HTTP_PORT`. */
  readonly portOf?: (role: Role) => number;
  /** Labels of the pods that answer; default: those of the component `server`. */
  readonly answering?: Readonly<Record<string, string>>;
  /** Whether an operator adds the flags by which the nodes of a replica find each other; default: we write them. */
  readonly isJoinedByOperator?: boolean;
}

/**
 * The pod sets of a plan, sorted by id; allocations without replicas in any window are left out.
 * Errors, all of them at once: `synth-unsupported` for engines, versions, roles or decisions that no command line
 * expresses, and for allocations whose workload, pool or offering the plan does not hold.
 */
export function resolvePodSets(
  source: SynthesisSource,
  options: PodSetOptions = {},
): Outcome<readonly PodSet[]> {
  const used = sortedBy(source.decision.allocations, (allocation) => allocation.id).filter((allocation) =>
    hourlyReplicas(allocation, source.decision.windows).some((count) => count > 0),
  );
  const names = namesOf(used);
  const outcomes = used.flatMap((whole) =>
    zonalParts(whole, source.problem.placement).map(({ allocation, zone }, _, parts) => {
      const name = names.get(whole) ?? whole.id;
      if (zone === undefined) return resolvePodSet(source, allocation, name, options);
      const partName = shortenedName(`${name}-${zone}`, MAX_POD_SET_NAME);
      return mapped(resolvePodSet(source, allocation, partName, options), (podSet) => ({
        ...podSet,
        part: { whole: name, count: parts.length, ...wholeOf(source, whole, podSet) },
      }));
    }),
  );
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  return success(
    outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])),
    diagnostics,
  );
}

function namesOf(allocations: readonly Allocation[]): ReadonlyMap<Allocation, string> {
  return podSetNames(allocations, idWithRole, ({ id, workload, pool, candidate, capacityType }) => [
    id,
    workload,
    pool,
    candidate.id,
    capacityType,
  ]);
}

/** What the parts of an allocation are together, and the zone of one of them. */
function wholeOf(
  { decision }: SynthesisSource,
  whole: Allocation,
  { traits, pool, zones }: PodSet,
): Pick<ZonalPart, 'zone' | 'replicas' | 'zones'> {
  return {
    zone: zones.labels[0] ?? '',
    replicas: replicaRange(whole, decision.windows),
    zones: zoneSpread(whole, decision.windows, { traits, region: pool.region }),
  };
}

function mapped<T>(outcome: Outcome<T>, change: (value: T) => T): Outcome<T> {
  return outcome.ok ? success(change(outcome.value), outcome.diagnostics) : outcome;
}

/** `chat-prefill-h100-on-demand`, whether the plan's id says the role or not. */
function idWithRole({ id, workload, candidate }: Allocation): string {
  const start = `${workload}-${candidate.role}`;
  if (candidate.role === 'aggregated' || id.startsWith(start)) return id;
  return `${start}-${id.startsWith(`${workload}-`) ? id.slice(workload.length + 1) : id}`;
}

function resolvePodSet(
  source: SynthesisSource,
  allocation: Allocation,
  name: string,
  options: PodSetOptions,
): Outcome<PodSet> {
  const path = `decision.allocations[${allocation.id}]`;
  const workload = declaredWorkload(source.problem, allocation.workload);
  const pool = declaredPool(source.problem, allocation);
  const offerings = offeringsOf(source.offerings, allocation);
  if (workload === undefined || pool === undefined || offerings.length === 0) {
    return failure(unknownPart(allocation, path, workload === undefined ? 'workload' : 'pool'));
  }
  const table = findEngineTable(options.tables ?? ENGINE_TABLES, allocation.candidate.engine, path);
  const refused = mixedStages(allocation, path);
  if (!table.ok || refused.length > 0) return failure(...refused, ...(table.ok ? [] : table.diagnostics));
  const evaluated = evaluatedCandidate(source, allocation);
  const model = publishedId(workload.model, source.problem);
  const port = options.portOf?.(allocation.candidate.role) ?? HTTP_PORT;
  const commands = groupCommands({
    allocation,
    workload,
    evaluated,
    table: table.value,
    model,
    hasDenseLayers: hasDenseFeedForward(workload.model, source.problem),
    port,
    isJoined: options.isJoinedByOperator === true,
    path,
  });
  if (!commands.ok) return commands;
  const traits = providerTraits(pool.provider, allocation.capacityType);
  return success(
    {
      name,
      stack: source.stack,
      workload,
      pool,
      allocation,
      traits,
      offerings,
      ...(evaluated === undefined ? {} : { evaluated }),
      replicas: replicaRange(allocation, source.decision.windows),
      zones: zoneSpread(allocation, source.decision.windows, { traits, region: pool.region }),
      engine: table.value,
      port,
      answering: options.answering ?? serverLabels(),
      ...(keepsZones(source.problem.placement) ? { isPacked: true } : {}),
      ...commands.value,
    },
    checkpointWarnings(allocation, workload, model, path),
  );
}

function evaluatedCandidate(source: SynthesisSource, allocation: Allocation): EvaluatedCandidate | undefined {
  const decision = source.decision.workloads.find((item) => item.workload === allocation.workload);
  return [...(decision?.chosen ?? []), ...(decision?.pareto ?? [])].find(
    (item) => item.candidate.id === allocation.candidate.id,
  );
}

interface CommandFacts {
  readonly allocation: Allocation;
  readonly workload: DeclaredWorkload;
  readonly evaluated: EvaluatedCandidate | undefined;
  readonly table: EngineTable;
  /** Checkpoint of the declared model, as published. */
  readonly model: string;
  readonly hasDenseLayers: boolean;
  readonly port: number;
  /** Whether an operator joins the nodes of a replica. */
  readonly isJoined: boolean;
  readonly path: string;
}

function groupCommands(facts: CommandFacts): Outcome<Pick<PodSet, 'command' | 'workerCommand'>> {
  const at = (position: GroupPosition): Outcome<EngineCommand> =>
    engineCommand(
      facts.table,
      facts.allocation.candidate.engineVersion,
      launchOf(facts, position),
      facts.path,
    );
  if (facts.isJoined || facts.allocation.candidate.podGroup.nodes === 1) {
    const single = at('single');
    return single.ok ? success({ command: single.value }) : single;
  }
  const leader = at('leader');
  if (!leader.ok) return leader;
  const worker = at('worker');
  return worker.ok ? success({ command: leader.value, workerCommand: worker.value }) : worker;
}

function launchOf(facts: CommandFacts, position: GroupPosition): Launch {
  const candidate = facts.allocation.candidate;
  const checkpoint = facts.workload.checkpoints[candidate.weightPrecision];
  return {
    model: checkpoint ?? facts.model,
    isPreparedCheckpoint: checkpoint !== undefined,
    servedName: facts.workload.model,
    role: candidate.role,
    parallelism: candidate.parallelism,
    hasDenseLayers: facts.hasDenseLayers,
    ...(candidate.stages === undefined ? {} : { stageLayers: candidate.stages.map((stage) => stage.layers) }),
    weightPrecision: candidate.weightPrecision,
    kvPrecision: candidate.kvPrecision,
    batch: candidate.batch,
    maxModelLength: candidate.maxModelLength,
    ...(facts.evaluated === undefined ? {} : { memory: facts.evaluated.memory }),
    nodes: facts.isJoined ? 1 : candidate.podGroup.nodes,
    position,
    port: facts.port,
  };
}

/** A pod set has one template (two with helpers), on nodes of one pool. */
function mixedStages(allocation: Allocation, path: string): readonly Diagnostic[] {
  const nodes = new Set(
    allocation.candidate.stages?.map(({ pool, instanceType }) => `${pool}/${instanceType}`),
  );
  if (nodes.size < 2) return [];
  return [
    diagnostic('synth-unsupported', {
      summary: `The stages of ${allocation.id} lie on different nodes: ${[...nodes].join(', ')}.`,
      detail: 'The pods of a replica are made from one template, which selects nodes of one pool.',
      path,
      fix: 'Plan with pipelines whose stages are alike in hardware.',
    }),
  ];
}

function checkpointWarnings(
  allocation: Allocation,
  workload: DeclaredWorkload,
  model: string,
  path: string,
): readonly Diagnostic[] {
  const precision = allocation.candidate.weightPrecision;
  if (workload.checkpoints[precision] !== undefined) return [];
  const isMade = precision === 'bf16' || precision === 'fp8' || isPublishedIn(model, precision);
  return [
    ...(isMade ? [] : [foreignFormat(allocation, workload, path)]),
    ...(model.includes('/') ? [] : [unpublishedModel(allocation, workload, path)]),
  ];
}

function foreignFormat(allocation: Allocation, workload: DeclaredWorkload, path: string): Diagnostic {
  const precision = allocation.candidate.weightPrecision;
  return diagnostic('synth-unsupported', {
    severity: 'warning',
    summary: `${workload.model} is loaded as it is for ${allocation.id}, but the plan counts on ${precision} weights.`,
    detail: 'Engines make fp8 weights while loading; other formats must already be in the checkpoint.',
    path,
    fix: `Declare checkpoints.${precision} of workload ${workload.id} unless ${workload.model} is published in it.`,
  });
}

function unpublishedModel(allocation: Allocation, workload: DeclaredWorkload, path: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    severity: 'warning',
    summary: `"${workload.model}" is no Hugging Face id and no path, so no engine can load it.`,
    path,
    fix: `Declare checkpoints.${allocation.candidate.weightPrecision} of workload ${workload.id}.`,
  });
}

function unknownPart(allocation: Allocation, path: string, part: 'workload' | 'pool'): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `The plan does not hold the ${part} of allocation ${allocation.id}.`,
    detail:
      part === 'workload'
        ? `No workload "${allocation.workload}" is declared.`
        : `No pool "${allocation.pool}" with ${allocation.capacityType} offerings is declared.`,
    path,
    fix: 'Make the plan again from its stack.',
  });
}
