import { mixPoolId } from '../../catalog/index.ts';
import type {
  LlmServiceDocument,
  PoolDocument,
  Precision,
  ProblemDocument,
  Slo,
  Taint,
} from '../../model/index.ts';

/** What manifests need of a declared workload, with defaults filled in as the problem format promises. */
export interface DeclaredWorkload {
  readonly id: string;
  readonly namespace: string;
  readonly team: string;
  /** Model architecture; clients ask for this name. */
  readonly model: string;
  readonly checkpoints: Readonly<Partial<Record<Precision, string>>>;
  readonly tolerates: Slo['tolerates'];
}

/** What manifests need of a declared pool. */
export interface DeclaredPool {
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly instanceType: string;
  /** Infinity when unlimited. */
  readonly maxNodes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Whether node groups are made by other means, so that manifests hold no node pools. */
  readonly isManaged: boolean;
  /** Karpenter's node class for its nodes, where the user names one. */
  readonly nodeClass?: string;
}

/** The declared workload of an id; undefined when the problem has none. */
export function declaredWorkload(problem: ProblemDocument, id: string): DeclaredWorkload | undefined {
  const found = problem.workloads.find((workload) => workload.id === id);
  return found === undefined ? undefined : withWorkloadDefaults(found, problem);
}

/**
 * The declared pool of an id, or the one that chooses among many instance types and has a pool of this id for
 * `instanceType`; undefined when the problem has none.
 */
export function declaredPool(
  problem: ProblemDocument,
  { pool: id, instanceType }: { readonly pool: string; readonly instanceType: string },
): DeclaredPool | undefined {
  const found = problem.pools.find(
    (pool) => pool.id === id || (pool.instanceTypes !== undefined && mixPoolId(pool.id, instanceType) === id),
  );
  return found === undefined ? undefined : withPoolDefaults(found, { id, instanceType });
}

function withWorkloadDefaults(workload: LlmServiceDocument, problem: ProblemDocument): DeclaredWorkload {
  return {
    id: workload.id,
    namespace: workload.namespace ?? problem.name,
    team: workload.team ?? '',
    model: workload.model,
    checkpoints: workload.checkpoints ?? {},
    tolerates: workload.slo.tolerates ?? 'correlation-group',
  };
}

function withPoolDefaults(
  pool: PoolDocument,
  made: { readonly id: string; readonly instanceType: string },
): DeclaredPool {
  return {
    id: made.id,
    provider: pool.provider,
    region: pool.region,
    instanceType: pool.instanceType ?? made.instanceType,
    maxNodes: pool.maxNodes ?? Infinity,
    labels: pool.labels ?? {},
    taints: pool.taints ?? [],
    isManaged: pool.nodeProvisioning === 'managed',
    ...(pool.nodeClass === undefined ? {} : { nodeClass: pool.nodeClass }),
  };
}
