import { findModel } from '../../catalog/index.ts';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { normalizeDocument, parseProblem } from '../../model/index.ts';
import type {
  CatalogAdditions,
  ModelArchitecture,
  Objective,
  Precision,
  ProblemDocument,
  ResolvedProblem,
  ResolvedWorkload,
} from '../../model/index.ts';
import { arithmeticFor } from '../../perf/index.ts';
import { findProfile } from '../../traffic/index.ts';
import type { LoadedStack } from '../load-stack.ts';
import type { EngineHost } from '../messages.ts';
import { modelContext } from '../model-context.ts';
import type { ModelContext } from '../model-context.ts';
import { resolveStack } from '../resolve-problem.ts';
import { lacksArrival } from '../simulated-requests.ts';
import { clusterPools } from './cluster-pools.ts';
import type { ClusterPool } from './cluster-pools.ts';
import { declaration, flagOfPath } from './declaration.ts';
import type { SearchFacts } from './declaration.ts';
import type { SearchClusterOptions } from './search-options.ts';
import { wrongOptions } from './wrong-options.ts';

/** A search whose names are looked up and whose requests are known. */
export interface ResolvedSearch {
  readonly options: SearchClusterOptions;
  readonly facts: SearchFacts;
  readonly context: ModelContext;
  readonly architecture: ModelArchitecture;
  /** The options as a stack would declare them. */
  readonly stack: LoadedStack;
  readonly problem: ResolvedProblem;
  readonly workload: ResolvedWorkload;
}

/** Rate in requests per second of a declaration whose load is no rate: nothing that is searched depends on it. */
const ANY_RATE = 1;

/**
 * Looks up everything that a search names and reads its requests; all problems are told at once.
 * Errors: `engine-usage` for options that contradict each other, those of `modelContext`, `clusterPools` and `resolveStack`,
 * `catalog-no-price` where money is asked for and unknown, `model-slo-impossible`.
 */
export async function resolveSearch(
  options: SearchClusterOptions,
  host: EngineHost,
): Promise<Outcome<ResolvedSearch>> {
  const wrong = wrongOptions(options);
  const context = await modelContext(options, host);
  if (!context.ok) return failure(...wrong, ...context.diagnostics);
  const { catalog } = context.value;
  const model = findModel(catalog, options.model, '--model');
  const pools = clusterPools(options, catalog);
  const profile = options.profile === undefined ? success(undefined) : findProfile(options.profile);
  const early = [...wrong, ...context.diagnostics, ...model.diagnostics, ...pools.diagnostics];
  if (!profile.ok) early.push(...profile.diagnostics.map((item) => ({ ...item, path: '--profile' })));
  if (!model.ok || !pools.ok || !profile.ok || wrong.length > 0) return failure(...early);
  const unpriced = moneyUnknown(options, pools.value);
  if (unpriced !== undefined) return failure(...early, unpriced);
  const resolved = await declared(
    {
      options,
      context: context.value,
      architecture: model.value,
      facts: factsOf(options, pools.value, model.value),
    },
    host,
  );
  return resolved.ok
    ? success(resolved.value, [...early, ...resolved.diagnostics])
    : failure(...early, ...resolved.diagnostics);
}

function factsOf(
  options: SearchClusterOptions,
  pools: readonly ClusterPool[],
  architecture: ModelArchitecture,
): SearchFacts {
  const isPriced = pools.every((pool) => pool.price !== undefined);
  return {
    pools,
    isPriced,
    objective: options.objective ?? defaultObjective(options, isPriced),
    precisions: options.precisions ?? publishedFormats(architecture, pools),
    requestRate: options.requestRate ?? ANY_RATE,
  };
}

/** Money where it is known, per month for a demand and per token without one. */
function defaultObjective({ requestRate, clients }: SearchClusterOptions, isPriced: boolean): Objective {
  const hasDemand = requestRate !== undefined || clients !== undefined;
  if (isPriced) return hasDemand ? 'cost' : 'cost-per-token';
  return hasDemand ? 'accelerators' : 'throughput-per-accelerator';
}

/** The formats in which a model is published and that some accelerator computes; the first one where none does. */
function publishedFormats(
  { checkpoints }: ModelArchitecture,
  pools: readonly ClusterPool[],
): readonly Precision[] {
  const computed = checkpoints.filter((format) =>
    pools.some(({ accelerator }) => arithmeticFor(format, accelerator) !== undefined),
  );
  return computed.length > 0 ? computed : [checkpoints[0] ?? 'bf16'];
}

function moneyUnknown(options: SearchClusterOptions, pools: readonly ClusterPool[]): Diagnostic | undefined {
  const without = pools.filter((pool) => pool.price === undefined).map((pool) => pool.accelerator.name);
  const { objective, objectiveLimits } = options;
  const asksMoney =
    objective === 'cost' ||
    objective === 'cost-per-token' ||
    objectiveLimits?.costPerMonth !== undefined ||
    objectiveLimits?.costPerMillionTokens !== undefined;
  if (without.length === 0 || !asksMoney) return undefined;
  return diagnostic('catalog-no-price', {
    summary: `The catalogue has no on-demand price of an instance type with ${without.join(' or ')}, and the search asks for money.`,
    path: '--price',
    fix: "State the price of one accelerator, such as --price '2.50 USD/hour', or choose --objective accelerators, throughput-per-accelerator, latency or energy.",
  });
}

/** A search before its options are declared. */
export type Undeclared = Pick<ResolvedSearch, 'options' | 'context' | 'architecture' | 'facts'>;

/** Declares a search, reads its requests, and declares the longest of them where no length was stated. */
async function declared(search: Undeclared, host: EngineHost): Promise<Outcome<ResolvedSearch>> {
  const first = await resolved(search, host);
  const isUntimed = !first.ok && search.options.trace !== undefined && lacksArrival(first.diagnostics);
  const found = isUntimed
    ? await resolved({ ...search, facts: { ...search.facts, isUntimed } }, host)
    : first;
  if (!found.ok || search.options.maxModelLength !== undefined) return found;
  const { facts, workload } = found.value;
  const maxModelLength = Math.min(search.architecture.maxContext, servedLength(workload));
  const again = declare({ ...search, facts: { ...facts, maxModelLength } }, onCommandLine(host));
  if (!again.ok) return again;
  const own = again.value.problem.workloads[0];
  if (own === undefined) return found;
  const served = { ...workload, workload: own };
  return success(
    {
      ...found.value,
      facts: { ...facts, maxModelLength },
      stack: again.value,
      problem: { ...found.value.problem, problem: again.value.problem, workloads: [served] },
      workload: served,
    },
    found.diagnostics,
  );
}

async function resolved(search: Undeclared, host: EngineHost): Promise<Outcome<ResolvedSearch>> {
  const stack = declare(search, onCommandLine(host));
  if (!stack.ok) return stack;
  const problem = await resolveStack(stack.value, {}, host);
  if (!problem.ok) return problem;
  const [workload] = problem.value.workloads;
  if (workload === undefined) return failure(...problem.diagnostics);
  return success({ ...search, stack: stack.value, problem: problem.value, workload }, [
    ...stack.diagnostics,
    ...problem.diagnostics,
  ]);
}

/** Where a declaration stands: its own files start from `folder`. */
export type DeclarationPlace = Pick<LoadedStack, 'folder' | 'shown' | 'stackFile'>;

/** The declaration of a search as a stack that was read from a place. */
export function declare(
  { options, facts, context }: Undeclared,
  place: DeclarationPlace,
  document: ProblemDocument = declaration(options, facts),
): Outcome<LoadedStack> {
  const parsed = parseProblem(document, { pathOf: flagOfPath });
  if (!parsed.ok) return parsed;
  const { onBrokenLine } = options.layout ?? {};
  const problem = {
    ...parsed.value,
    catalog: joined(context.stack?.problem.catalog, parsed.value.catalog),
    workloads: parsed.value.workloads.map((workload) => ({
      ...workload,
      traffic:
        workload.traffic.source === 'trace' && onBrokenLine !== undefined
          ? { ...workload.traffic, onBrokenLine }
          : workload.traffic,
    })),
  };
  return success(
    { ...place, document: normalizeDocument(document), problem, coefficients: context.coefficients },
    parsed.diagnostics,
  );
}

/** A declaration that stands in the command line. */
function onCommandLine(host: EngineHost): DeclarationPlace {
  return { folder: host.workingDirectory, shown: 'the command line', stackFile: '' };
}

function joined(base: CatalogAdditions | undefined, own: CatalogAdditions): CatalogAdditions {
  if (base === undefined) return own;
  return {
    accelerators: [...base.accelerators, ...own.accelerators],
    instanceTypes: [...base.instanceTypes, ...own.instanceTypes],
    prices: [...base.prices, ...own.prices],
    interruptions: [...base.interruptions, ...own.interruptions],
    models: [...base.models, ...own.models],
  };
}

/** The longest request, prompt and output together, in whole thousands (1024 tokens). */
function servedLength({ profile, trace }: ResolvedWorkload): number {
  const { inputQuantiles, outputQuantiles } = profile.lengths;
  const longest =
    trace === undefined
      ? (inputQuantiles.at(-1) ?? 0) + Math.max(0, ...outputQuantiles.map((row) => row.at(-1) ?? 0))
      : trace.isl.reduce((most, isl, index) => Math.max(most, isl + (trace.osl[index] ?? 0)), 0);
  return Math.max(1, Math.ceil(longest / 1024)) * 1024;
}
