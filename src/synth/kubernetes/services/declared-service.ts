import { normalizeDocument } from '../../../model/index.ts';
import type {
  NormalizedService,
  ProblemDocument,
  Toleration,
  TolerationDocument,
} from '../../../model/index.ts';
import { compareText, parseCpu, parseDuration, parseRate } from '../../../units/index.ts';
import type { Parsed } from '../../../units/index.ts';

/** What manifests need of a declared microservice, with defaults filled in as the problem format promises. */
export interface DeclaredService {
  readonly id: string;
  readonly namespace: string;
  readonly team: string;
  /** Empty for a service that its owner deploys. */
  readonly image: string;
  /** 0 when it listens on none. */
  readonly port: number;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Services that it calls, sorted. */
  readonly calls: readonly string[];
  /** Whether requests come from outside. */
  readonly isEntry: boolean;
  /** Environment variables, sorted by name. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  /** Infinity when nothing is said. */
  readonly maxPerNode: number;
  /** Other services, sorted. */
  readonly apartFrom: readonly string[];
  /** Infinity when nothing is said. */
  readonly zoneSkew: number;
  readonly priority: number;
  /** Seconds from pod start until it serves. */
  readonly startup: number;
  /** Seconds that a pod may take to finish its requests. */
  readonly terminationGrace: number;
  /** Cores that one replica takes at a rate of requests per second; undefined where nothing is known. */
  readonly cpuCoresAt: (rate: number) => number | undefined;
}

/** The declared services by id. The document must be valid, as that of a plan is. */
export function declaredServices(problem: ProblemDocument): ReadonlyMap<string, DeclaredService> {
  if ((problem.services ?? []).length === 0) return new Map();
  const { services = [] } = normalizeDocument({ ...problem, workloads: [] });
  return new Map(services.map((service) => [service.id, declaredService(service)]));
}

function declaredService(service: NormalizedService): DeclaredService {
  const { id, scheduling } = service;
  const apartFrom = scheduling.apartFrom ?? [];
  return {
    id,
    namespace: service.namespace,
    team: service.team ?? '',
    image: service.image ?? '',
    port: service.port ?? 0,
    command: service.command ?? [],
    args: service.args ?? [],
    calls: calledServices(service),
    isEntry: (service.requestClasses ?? []).length > 0,
    environment: Object.entries(service.environment ?? {}).sort(([a], [b]) => compareText(a, b)),
    nodeSelector: scheduling.nodeSelector ?? {},
    tolerations: (scheduling.tolerations ?? []).map(tolerationOf),
    maxPerNode: apartFrom.includes(id) ? 1 : (scheduling.maxPerNode ?? Infinity),
    apartFrom: apartFrom.filter((other) => other !== id),
    zoneSkew: typeof scheduling.zoneSkew === 'number' ? scheduling.zoneSkew : Infinity,
    priority: scheduling.priority,
    startup: valueOf(parseDuration(service.startup)),
    terminationGrace: valueOf(parseDuration(service.terminationGrace)),
    cpuCoresAt: (rate) => cpuCoresAt(service.performance, rate),
  };
}

/** Calls of the service, or of a class of requests in their place. */
function calledServices({ calls = [], requestClasses = [] }: NormalizedService): readonly string[] {
  const all = [...calls, ...requestClasses.flatMap((item) => item.calls ?? [])];
  return [...new Set(all.map((call) => call.service))].sort(compareText);
}

function tolerationOf(document: TolerationDocument): Toleration {
  const { key = '', operator = 'Equal', value = '', effect = '' } = document;
  return { key, operator, value, effect };
}

/** By queueing: rate × CPU time of a request. As measured: on straight lines between the rows, never beyond them. */
function cpuCoresAt(performance: NormalizedService['performance'], rate: number): number | undefined {
  const { queueing, measured } = performance;
  if (queueing !== undefined) return rate * valueOf(parseDuration(queueing.cpuTime));
  if (measured === undefined) return undefined;
  const rows = measured.rows.map((row) => ({
    rate: valueOf(parseRate(row.rate)),
    cores: valueOf(parseCpu(row.cpu)) / 1000,
  }));
  const above = rows.findIndex((row) => row.rate >= rate);
  const [low, high] = above < 0 ? [rows.at(-1), undefined] : [rows[above - 1], rows[above]];
  if (low === undefined || high === undefined) return (low ?? high)?.cores;
  return low.cores + ((high.cores - low.cores) * (rate - low.rate)) / (high.rate - low.rate);
}

/** Quantities of a valid document can be read; anything else is a bug of the caller. */
function valueOf<T extends number>(parsed: Parsed<T>): number {
  if (!parsed.ok) throw new TypeError('a service of an invalid problem');
  return parsed.value;
}
