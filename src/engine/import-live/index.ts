import { clusterDiagnostic, connectCluster, mapBounded } from '../../apply/index.ts';
import type { ClusterChoice, ClusterObject } from '../../apply/index.ts';
import { failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { TrafficDocument } from '../../model/index.ts';
import { webSource } from '../cluster/measured-address.ts';
import { prometheusSource } from '../cluster/measured-prometheus.ts';
import { measurementDiagnostic } from '../cluster/measured-web.ts';
import type { DefaultRequests } from '../import-manifests/index.ts';
import { stackSource } from '../import-manifests/stack-source.ts';
import type { StackForm } from '../import-manifests/stack-source.ts';
import type { EngineHost } from '../messages.ts';
import { progress } from '../messages.ts';
import { writeOutputFile } from '../write-output-file.ts';
import { readDumpObjects } from './dump-objects.ts';
import { readLiveObjects } from './live-objects.ts';
import { engineSets, liveProblem } from './live-problem.ts';
import type { LiveProblem } from './live-problem.ts';
import { modelGroups } from './llm-workloads.ts';
import type { EngineSet } from './llm-workloads.ts';
import { measureModel, measuredTraffic } from './measured-traffic.ts';
import { prometheusUse } from './usage.ts';
import type { MeasuredUse } from './usage.ts';

export type { WorkloadUsage } from './usage.ts';

/** How a cluster is imported. */
export interface ImportLiveOptions {
  /** A cluster, or a dump of one (`-` for `stdin`). */
  readonly from: { readonly cluster: ClusterChoice } | { readonly dump: string; readonly stdin?: string };
  readonly name: string;
  readonly form: StackForm;
  readonly defaults: DefaultRequests;
  readonly namespaces?: readonly string[];
  /** Where the traffic of language models and the use of pods are measured; without it traffic is assumed, and use is what metrics-server says. */
  readonly prometheus?: { readonly url: string; readonly tokenFile?: string };
  readonly windowSeconds: number;
  /** Seconds since 1970. */
  readonly now: number;
  /** Stack file to write, relative to the working directory; nothing is written without it. */
  readonly output?: string;
}

/** A stack made of a cluster. */
export interface ImportedCluster extends LiveProblem {
  /** The stack as a file. */
  readonly text: string;
}

const HEADER = [
  'Imported from a cluster by `plimsoll import live`: its nodes as pools, its services as they stand, its language models as workloads.',
  'To do: look at prices, traffic and SLO where they are assumed; give services their request rates to have replicas planned.',
];
/** Models measured at one time. */
const AT_ONCE = 4;

/**
 * Reads a cluster, or a dump of one, and makes a stack of it.
 * Errors: those of reaching the cluster or reading the dump and of `liveProblem`, those of `webSource`, `plan-write-failed`.
 */
export async function importLive(
  options: ImportLiveOptions,
  host: EngineHost,
): Promise<Outcome<ImportedCluster>> {
  const read = await readObjects(options, host);
  if (!read.ok) return read;
  const { objects, shown } = read.value;
  const facts = { shown, ...(options.namespaces === undefined ? {} : { namespaces: options.namespaces }) };
  const traffic = await readMetrics(engineSets(objects, facts), options, host);
  if (!traffic.ok) return traffic;
  const { models, use } = traffic.value;
  const trafficOf = (sets: readonly EngineSet[]): TrafficDocument | undefined =>
    models.get(sets[0]!.object.name);
  const problem = liveProblem(objects, trafficOf, {
    ...facts,
    name: options.name,
    defaults: options.defaults,
    ...(use === undefined ? {} : { use }),
  });
  const said: readonly Diagnostic[] = [...read.diagnostics, ...traffic.diagnostics];
  if (!problem.ok) return failure(...said, ...problem.diagnostics);
  const text = stackSource(problem.value.document, options.form, HEADER);
  const all = [...said, ...problem.diagnostics];
  if (options.output !== undefined) {
    const written = await writeOutputFile(options.output, text, host);
    if (!written.ok) return failure(...all, ...written.diagnostics);
  }
  return success({ ...problem.value, text }, all);
}

interface ReadObjects {
  readonly objects: readonly ClusterObject[];
  readonly shown: string;
}

async function readObjects({ from }: ImportLiveOptions, host: EngineHost): Promise<Outcome<ReadObjects>> {
  if ('dump' in from) return readDumpObjects(from.dump, from.stdin, host);
  progress(host, 'import', 'reading the cluster');
  const client = await connectCluster(from.cluster);
  if (!client.ok) return client;
  try {
    const { objects, diagnostics } = await readLiveObjects(client.value);
    return success({ objects, shown: client.value.description }, diagnostics);
  } catch (error) {
    return failure(clusterDiagnostic(error, { cluster: client.value.description }));
  }
}

/** What a Prometheus tells: traffic by the name of the first set of each model, and what pods use. */
interface ReadMetrics {
  readonly models: ReadonlyMap<string, TrafficDocument>;
  readonly use?: MeasuredUse;
}

async function readMetrics(
  sets: readonly EngineSet[],
  { prometheus, now, windowSeconds }: ImportLiveOptions,
  host: EngineHost,
): Promise<Outcome<ReadMetrics>> {
  if (prometheus === undefined) return success({ models: new Map() });
  const read = await webSource(
    { name: 'Prometheus', tokenVariable: 'PLIMSOLL_PROMETHEUS_TOKEN', ...prometheus },
    host,
  );
  if (!read.ok) return read;
  const reading = { source: prometheusSource(read.value), now, windowSeconds };
  progress(host, 'import', 'reading metrics');
  try {
    const measured = await mapBounded(modelGroups(sets), AT_ONCE, async (group) => {
      const traffic = measuredTraffic(await measureModel(reading, group));
      return traffic === undefined ? [] : [[group[0]!.object.name, traffic] as const];
    });
    const use = await prometheusUse(reading.source, reading);
    const models = new Map(measured.flat());
    return success(use.pods.length === 0 ? { models } : { models, use }, read.diagnostics);
  } catch (error) {
    return failure(...read.diagnostics, measurementDiagnostic(error));
  }
}
