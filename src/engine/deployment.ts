import type { Catalog } from '../catalog/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { worldSize } from '../model/index.ts';
import type { LatencyLimit, Parallelism, Role } from '../model/index.ts';
import { acceleratorKinds, kvLink, replicaPerformance } from '../perf/index.ts';
import type { OperatorCoefficients, ReplicaConfiguration, ReplicaPerformance } from '../perf/index.ts';
import type { ConfigurationFacts } from '../report/index.ts';
import type { FleetOptions, KvTransfer, ReplicaPool, Routing } from '../sim/index.ts';

import type { ModelContextOptions } from './model-context.ts';
import { resolveReplica } from './replica-options.ts';
import type { ChosenReplica, ReplicaOptions } from './replica-options.ts';

/** What the replicas of one role have of their own; absent fields are those of the whole deployment. */
export interface RoleOptions {
  /** Default 1. */
  readonly replicas?: number;
  readonly parallelism?: Partial<Parallelism>;
  readonly maxBatchedTokens?: number;
  readonly maxSequences?: number;
}

/** Replicas of one configuration, or prefill and decode replicas of one model that hand prompts over. */
export interface DeploymentOptions extends ReplicaOptions, ModelContextOptions {
  /** Replicas that serve all phases; default 1. Not together with `prefill` and `decode`. */
  readonly replicas?: number;
  readonly prefill?: RoleOptions;
  readonly decode?: RoleOptions;
}

/** Equal replicas with their performance. */
export interface DeployedPool {
  readonly facts: ConfigurationFacts;
  readonly configuration: ReplicaConfiguration;
  readonly performance: ReplicaPerformance;
}

/** Pools that serve together. */
export interface Deployment {
  readonly pools: readonly DeployedPool[];
  readonly assumptions: readonly string[];
  /** Instance type of the accelerators, where one was named. */
  readonly instanceType?: ChosenReplica['instanceType'];
}

/** Most replicas of a role: each is simulated (*assumed* to exceed any one deployment). */
const MOST_REPLICAS = 5000;

/**
 * The deployment that options describe, every configuration checked to run.
 * Errors: those of `resolveReplica`, and `engine-usage` when only one of prefill and decode is stated,
 * or more than 5000 replicas.
 */
export function deploy(
  options: DeploymentOptions,
  catalog: Catalog,
  coefficients: OperatorCoefficients,
): Outcome<Deployment> {
  const { prefill, decode } = options;
  const contradiction = contradictionOf(options) ?? tooManyReplicas(options);
  if (contradiction !== undefined) return failure(contradiction);
  const roles: readonly (readonly [Role, RoleOptions])[] =
    prefill === undefined || decode === undefined
      ? [['aggregated', { replicas: options.replicas ?? 1 }]]
      : [
          ['prefill', prefill],
          ['decode', decode],
        ];
  const chosen = roles.map(([role, own]) => ({
    role,
    own,
    replica: resolveReplica(withRole(options, own), catalog),
  }));
  const diagnostics = chosen.flatMap(({ replica }) => replica.diagnostics);
  const pools = chosen.flatMap(({ role, own, replica }): DeployedPool[] => {
    if (!replica.ok) return [];
    const { configuration, engineVersion } = replica.value;
    return [
      deployedPool(configuration, {
        coefficients,
        pool: role === 'aggregated' ? 'replicas' : role,
        role,
        replicas: own.replicas ?? 1,
        engineVersion,
      }),
    ];
  });
  if (pools.length < roles.length) return failure(...diagnostics);
  const [first] = chosen.flatMap(({ replica }) => (replica.ok ? [replica.value] : []));
  const choices = chosen.flatMap(({ replica }) => (replica.ok ? replica.value.choices : []));
  const assumptions = [...new Set([...choices, ...pools.flatMap(accuracyOf)])];
  return success(
    {
      pools,
      assumptions,
      ...(first?.instanceType === undefined ? {} : { instanceType: first.instanceType }),
    },
    diagnostics,
  );
}

function contradictionOf({ prefill, decode, replicas }: DeploymentOptions): Diagnostic | undefined {
  if ((prefill === undefined) !== (decode === undefined)) {
    return diagnostic('engine-usage', {
      summary: `Only ${prefill === undefined ? 'decode' : 'prefill'} replicas are stated; each role needs the other.`,
      path: prefill === undefined ? '--prefill' : '--decode',
      fix: 'State both, such as --prefill tp=4,replicas=2 --decode tp=8,replicas=1.',
    });
  }
  return prefill !== undefined && replicas !== undefined
    ? diagnostic('engine-usage', {
        summary:
          '--replicas counts replicas that serve all phases; prefill and decode replicas are counted apart.',
        path: '--replicas',
        fix: 'State the numbers in --prefill and --decode, such as --prefill tp=4,replicas=2.',
      })
    : undefined;
}

function tooManyReplicas({ replicas, prefill, decode }: DeploymentOptions): Diagnostic | undefined {
  const count = Math.max(replicas ?? 1, prefill?.replicas ?? 1, decode?.replicas ?? 1);
  if (count <= MOST_REPLICAS) return undefined;
  return diagnostic('engine-usage', {
    summary: `${count} replicas are more than the ${MOST_REPLICAS} that are simulated one by one.`,
    path: '--replicas',
    fix: 'State a part of the deployment with its part of the load: equal replicas serve equal shares.',
  });
}

function withRole(options: DeploymentOptions, own: RoleOptions): ReplicaOptions {
  return {
    ...options,
    parallelism: { ...options.parallelism, ...own.parallelism },
    ...(own.maxBatchedTokens === undefined ? {} : { maxBatchedTokens: own.maxBatchedTokens }),
    ...(own.maxSequences === undefined ? {} : { maxSequences: own.maxSequences }),
  };
}

/** What a pool is built with beside its configuration. */
export interface PoolPlace {
  readonly coefficients: OperatorCoefficients;
  readonly pool: string;
  readonly role: Role;
  readonly replicas: number;
  readonly engineVersion: string;
}

/** A pool of equal replicas of a configuration that passed `checkConfiguration`. */
export function deployedPool(c: ReplicaConfiguration, place: PoolPlace): DeployedPool {
  const { pool, role, replicas, engineVersion } = place;
  return {
    facts: {
      pool,
      role,
      replicas,
      model: c.architecture.name,
      accelerator: c.accelerator.name,
      accelerators: worldSize(c.parallelism),
      acceleratorsPerNode: c.acceleratorsPerNode,
      parallelism: c.parallelism,
      engine: c.engine,
      engineVersion,
      weightPrecision: c.weightPrecision,
      kvPrecision: c.kvPrecision,
      batch: c.batch,
      maxModelLength: c.maxModelLength,
      ...(c.stages === undefined
        ? {}
        : {
            stages: c.stages.map(({ accelerator, layers }) => ({ accelerator: accelerator.name, layers })),
          }),
      ...(c.speculative === undefined
        ? {}
        : {
            speculative: {
              draftTokens: c.speculative.draftTokens,
              acceptance: c.speculative.acceptance,
            },
          }),
    },
    configuration: c,
    performance: replicaPerformance(c, place.coefficients),
  };
}

function accuracyOf({ configuration, performance }: DeployedPool): readonly string[] {
  const names = acceleratorKinds(configuration).map(({ name }) => name);
  return performance.evidence === 'assumed'
    ? [
        `${names.join(' or ')} was not measured: its step times are scaled from the nearest accelerator that was (assumed).`,
      ]
    : [];
}

/** How a deployment is run. */
export interface RunSettings {
  readonly routing: Routing;
  readonly prefixCache: boolean;
  readonly limits: readonly LatencyLimit[];
}

/** The deployment as the simulation takes it. */
export function fleetOptions(deployment: Deployment, settings: RunSettings): FleetOptions {
  const transfer = transferOf(deployment);
  return {
    pools: deployment.pools.map(({ facts, configuration, performance }): ReplicaPool => ({
      name: facts.pool,
      role: facts.role,
      replicas: Array.from({ length: facts.replicas }, () => performance.steps),
      limits: configuration.batch,
      prefixCache: settings.prefixCache,
      maxModelLength: configuration.maxModelLength,
    })),
    routing: settings.routing,
    ...(transfer === undefined ? {} : { transfer }),
    limitsOfSlo: settings.limits,
  };
}

/** KV links of a disaggregated deployment. */
function transferOf({ pools }: Deployment): KvTransfer | undefined {
  const prefill = pools.find(({ facts }) => facts.role === 'prefill');
  const decode = pools.find(({ facts }) => facts.role === 'decode');
  if (prefill === undefined || decode === undefined) return undefined;
  return kvLink(prefill.configuration, decode.configuration, decode.performance);
}
