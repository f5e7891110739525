import type {
  ResolvedProblem,
  ResourcesDocument,
  ServiceDocument,
  ServicePerformanceDocument,
} from '../src/model/index.ts';
import { resolvedDocument } from '../src/optimize/testing/resolved-document.ts';
import { randomStream } from '../src/random/index.ts';
import type { RandomStream } from '../src/random/index.ts';

/** Families of AWS that the fleet may use: 84 amd64 types, and 24 arm64 types, all without the bare metal ones. */
const FAMILIES = ['c6a.*', 'm6a.*', 'r6a.*', 'c7i.*', 'm7i.*', 'r7i.*', 'c6i.*', 'm6i.*', 'r6i.*'];
const ARM_FAMILIES = ['c7g.*', 'm7g.*', 'r7g.*'];
const HOURS_OF_DAY = 24;
const DAYS = 7;

/**
 * A made-up fleet of so many services over three zones of AWS us-east-1, on demand and spot, with the shipped prices. All figures are *assumed*:
 * seven in ten services have work per request and one to three sizes of replica (queueing), the others replicas of one size that carry a known
 * rate each; six in ten take their traffic in a working day of their own time zone, the others in batches at hours of their own, so that
 * hardly two hours of the day are alike and 24 windows are worth having (21 with ten services); three in ten run on arm64 too; a fifth
 * never uses spot capacity, two fifths do up to a half; a fifth must survive the loss of a node, two fifths that of a correlation group,
 * the others of nothing. Twelve teams.
 */
export function scaleProblem(workloads: number, seed: number): ResolvedProblem {
  const stream = randomStream(seed, `scale/${workloads}`);
  return resolvedDocument({
    apiVersion: 'plimsoll.dev/v1alpha1',
    name: 'scale',
    pools: [
      {
        id: 'nodes',
        provider: 'aws',
        region: 'us-east-1',
        zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
        instanceTypes: {
          names: [...FAMILIES, ...ARM_FAMILIES],
          except: ['*.metal*'],
          architectures: ['amd64', 'arm64'],
        },
        capacityTypes: ['on-demand', 'spot'],
        daemonsets: { cpu: '150m', memory: '300Mi', pods: 4 },
      },
    ],
    services: Array.from({ length: workloads }, (_, index) => serviceOf(index, stream)),
  });
}

function serviceOf(index: number, stream: RandomStream): ServiceDocument {
  const pick = <T>(options: readonly [T, ...T[]]): T => options[stream.integer(options.length)] ?? options[0];
  const cpu = pick([250, 500, 500, 1000, 2000]);
  const memoryPerCore = pick([0.5, 1, 2, 4, 8]);
  const isQueue = stream.uniform() < 0.7;
  const cpuTime = 2 + 10 * stream.gamma(1);
  const perReplica = (0.5 * cpu) / cpuTime;
  const replicas = 1.5 + 8 * stream.gamma(0.8);
  const sizes = pick([1, 2, 3]);
  const performance: ServicePerformanceDocument = isQueue
    ? {
        queueing: {
          sizes: Array.from({ length: sizes }, (_, step) => resources(cpu * 2 ** step, memoryPerCore)),
          cpuTime: `${round(cpuTime)}ms`,
          baseMemory: '64Mi',
          memoryPerRequest: '1Mi',
        },
      }
    : {
        fixed: {
          resources: resources(cpu, memoryPerCore),
          replicas: 1 + stream.integer(3),
          ratePerReplica: `${round(perReplica)}/s`,
        },
      };
  return {
    id: `s${String(index).padStart(4, '0')}`,
    requestClasses: [
      { id: 'all', hourlyRate: week(stream).map((share) => round(share * perReplica * replicas)) },
    ],
    performance,
    slo: {
      ...(isQueue
        ? { response: { p99: `${Math.ceil((8 * cpuTime) / Math.min(1, cpu / 1000) + 30)}ms` } }
        : {}),
      tolerates: pick(['correlation-group', 'correlation-group', 'nothing', 'nothing', 'node']),
    },
    scheduling: stream.uniform() < 0.3 ? { architectures: ['amd64', 'arm64'] } : {},
    maxSpotShare: pick(['0%', '50%', '50%', '100%', '100%']),
    team: `team-${stream.integer(12)}`,
  };
}

function resources(cpu: number, memoryPerCore: number): Pick<ResourcesDocument, 'requests'> {
  return {
    requests: {
      cpu: `${cpu}m`,
      memory: `${Math.max(128, Math.round((cpu * memoryPerCore * 1024) / 1000))}Mi`,
    },
  };
}

/** Shares of the peak by hour of the week; every day alike, so that each hour of the day may be a window of its own. */
function week(stream: RandomStream): readonly number[] {
  const peak = stream.integer(HOURS_OF_DAY);
  const isBatch = stream.uniform() < 0.4;
  const day = Array.from({ length: HOURS_OF_DAY }, (_, hour) => {
    const daylight = ((1 + Math.cos(((hour - peak) / HOURS_OF_DAY) * 2 * Math.PI)) / 2) ** 3;
    const noise = Math.exp(0.4 * stream.normal());
    return isBatch ? (stream.uniform() < 0.25 ? 1 : 0.15) : (0.1 + 0.9 * daylight) * noise;
  });
  const most = Math.max(...day);
  return Array.from({ length: DAYS }, () => day.map((share) => share / most)).flat();
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
