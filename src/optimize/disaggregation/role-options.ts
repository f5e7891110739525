import { whyNotExecutable, whyNotPaired } from '../../catalog/index.ts';
import type { EngineFacts } from '../../catalog/index.ts';
import type { BatchLimits, Candidate } from '../../model/index.ts';
import { checkConfiguration } from '../../perf/index.ts';
import type { Shape } from '../candidates/shape.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { RoleOption, SplitRole } from './fleet-tasks.ts';

/** Sequences of a prefill replica: those of one step and those whose KV is on its way; more never wait for it (*assumed*). */
const PREFILL_SEQUENCES = 256;
/** Tokens per step of a decode replica: what sets its memory for activations; prompts come computed (*assumed*). */
const DECODE_TOKENS = 2048;

/** Batch limits by role, the one every shape is screened with first. */
export const ROLE_LIMITS: Readonly<Record<SplitRole, readonly BatchLimits[]>> = {
  prefill: [8192, 4096, 2048, 16_384].map((maxBatchedTokens) => ({
    maxBatchedTokens,
    maxSequences: PREFILL_SEQUENCES,
  })),
  decode: [1024, 512, 256, 128, 64].map((maxSequences) => ({
    maxBatchedTokens: DECODE_TOKENS,
    maxSequences,
  })),
};

/** The ways to run replicas of a role in a shape: with every limit that leaves memory for one longest sequence. */
export function roleOptions(role: SplitRole, shape: Shape): readonly RoleOption[] {
  return ROLE_LIMITS[role]
    .filter((batch) => checkConfiguration({ ...shape.configuration, batch }).ok)
    .map((batch) => ({ role, shape, batch }));
}

/**
 * Prefill and decode replicas with one key can serve together: one engine, one precision of the KV cache, one region of one
 * provider.
 */
export function exchangeKey({ offering, configuration: c }: Shape): string {
  return `${offering.provider}/${offering.region}/${c.engine}/${c.kvPrecision}`;
}

/** Whether replicas of two shapes can serve together: one key, and nothing that keeps their engine from joining them. */
export function canExchange(prefill: Shape, decode: Shape): boolean {
  return (
    exchangeKey(prefill) === exchangeKey(decode) &&
    whyNotPaired(engineFacts('prefill', prefill), engineFacts('decode', decode)) === undefined
  );
}

/** Why the engine cannot run a role in a shape as modelled; undefined where it can. */
export function whyNotInRole(role: SplitRole, shape: Shape): string | undefined {
  return shape.notExecutable ?? whyNotExecutable(engineFacts(role, shape));
}

function engineFacts(role: SplitRole, shape: Shape): EngineFacts {
  const { engine, parallelism, weightPrecision, kvPrecision, architecture } = shape.configuration;
  const version = shape.engineVersion;
  const nodes = shape.podGroup.nodes;
  return { engine, version, role, parallelism, weightPrecision, kvPrecision, architecture, nodes };
}

/** The candidate of an option; its id ends with the role. */
export function roleCandidate({ role, shape, batch }: RoleOption): Candidate {
  const candidate = candidateOf(shape, batch);
  return { ...candidate, id: `${candidate.id}-${role}`, role };
}

/** Id of an option, unique within a workload. */
export function optionId(option: RoleOption): string {
  return roleCandidate(option).id;
}

/** Whether all pods of a replica come from one pool; pipelines over several are not tried for roles. */
export function isOfOnePool({ stagePods }: Shape): boolean {
  return stagePods === undefined;
}
