import { bytes } from '../units/index.ts';
import type { NormalizedDocument } from './normalize-document.ts';
import { read } from './parse-quantities.ts';
import type { HardwarePool, InstanceMix, InstanceSelector, NodeOverhead } from './pool.ts';
import type { DaemonsetsDocument, InstanceSelectorDocument } from './problem-document.ts';

type NormalizedPool = NormalizedDocument['pools'][number];

/** The pool of a validated and normalised document, if it names one instance type; `path` is where the user declared it. */
export function parsePool(document: NormalizedPool, path: string): HardwarePool | undefined {
  const { instanceType, prices } = document;
  if (instanceType === undefined) return undefined;
  return {
    ...parsePlace(document, path),
    instanceType,
    prices: Object.fromEntries(
      Object.entries(prices ?? {}).map(([type, price]) => [type, read('hourlyUsd', price)]),
    ),
  };
}

/** The mix of a validated and normalised document, if it chooses among instance types. */
export function parseMix(document: NormalizedPool, path: string): InstanceMix | undefined {
  const { instanceTypes } = document;
  return instanceTypes === undefined
    ? undefined
    : { ...parsePlace(document, path), instanceTypes: parseSelector(instanceTypes) };
}

/** What pools and mixes say alike. */
function parsePlace(document: NormalizedPool, path: string): Omit<InstanceMix, 'instanceTypes'> {
  const { nodeStartup, interNodeBandwidth, interruption, daemonsets } = document;
  return {
    id: document.id,
    path,
    provider: document.provider,
    region: document.region,
    zones: document.zones,
    capacityTypes: document.capacityTypes,
    maxNodes: document.maxNodes ?? Infinity,
    ...(nodeStartup === undefined ? {} : { nodeStartup: read('duration', nodeStartup) }),
    ...(interNodeBandwidth === undefined
      ? {}
      : { interNodeBandwidth: read('bandwidth', interNodeBandwidth) }),
    ...(interruption === undefined ? {} : { interruptionProbability: read('percent', interruption) }),
    labels: document.labels ?? {},
    taints: document.taints ?? [],
    ...(daemonsets === undefined ? {} : { daemonsets: parseDaemonsets(daemonsets) }),
  };
}

function parseDaemonsets({ cpu, memory, pods }: DaemonsetsDocument): NodeOverhead {
  return {
    cpuMillicores: cpu === undefined ? 0 : read('cpu', cpu),
    memory: memory === undefined ? bytes(0) : read('memory', memory),
    pods: pods ?? 0,
  };
}

function parseSelector(document: InstanceSelectorDocument): InstanceSelector {
  const { vcpus = {}, memory = {} } = document;
  return {
    names: document.names ?? [],
    except: document.except ?? [],
    architectures: document.architectures ?? ['amd64'],
    vcpus: { min: vcpus.min ?? 0, max: vcpus.max ?? Infinity },
    memory: {
      min: memory.min === undefined ? 0 : read('memory', memory.min),
      max: memory.max === undefined ? Infinity : read('memory', memory.max),
    },
    accelerators: document.accelerators ?? false,
  };
}
