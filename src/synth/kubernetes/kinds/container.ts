import { worldSize } from '../../../model/index.ts';
import type { EngineCommand } from '../../engines/flag-table.ts';
import { CONFIG_FOLDER, MODEL_CACHE } from '../../engines/launch.ts';
import { releaseName } from '../../../catalog/index.ts';
import type { JsonObject } from '../../files.ts';
import { startupBudget, termination } from '../lifecycle.ts';
import { anyOffering } from '../pod-set.ts';
import type { PodSet } from '../pod-set.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';
import type { PodComponent } from './pod-labels.ts';

/** Secret and key that hold the Hugging Face token, where the checkpoint needs one; optional. */
export const TOKEN_SECRET = { name: 'hugging-face-token', key: 'token' } as const;

/** Local disk per byte of weights: the checkpoint and the caches of compiled kernels; *assumed*. */
const DISK_FACTOR = 1.2;
const PROBE_PERIOD = 10;

/** The engine's container in a pod that answers, or in a helper of a group (which answers nothing). */
export function engineContainer(podSet: PodSet, component: PodComponent): JsonObject {
  const candidate = podSet.allocation.candidate;
  const command = engineCommandOf(podSet, component);
  return {
    name: 'engine',
    image: podSet.engine.image(releaseName(candidate.engineVersion)),
    imagePullPolicy: 'IfNotPresent',
    command: command.command,
    args: command.arguments,
    env: environment(command),
    resources: engineResources(podSet),
    volumeMounts: [
      { name: 'shared-memory', mountPath: '/dev/shm' },
      { name: 'model-cache', mountPath: MODEL_CACHE },
      ...(command.config === undefined
        ? []
        : [{ name: 'engine-config', mountPath: CONFIG_FOLDER, readOnly: true }]),
    ],
    // The engines' images run as root (vLLM PR 40275, 2026-04), so `runAsNonRoot` would keep them from starting.
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    // The pod leaves the endpoints at once and keeps working on what it has while this sleeps; a group's helpers wait
    // as long as the pod that answers.
    lifecycle: { preStop: { exec: { command: ['sleep', String(termination(podSet).drain)] } } },
    ...(component === 'server' ? serving(podSet) : {}),
  };
}

/** The command line of a pod of the set. */
export function engineCommandOf(podSet: PodSet, component: PodComponent): EngineCommand {
  return component === 'worker' ? (podSet.workerCommand ?? podSet.command) : podSet.command;
}

function serving(podSet: PodSet): JsonObject {
  const probe = { httpGet: { path: podSet.engine.healthPath, port: 'http' } };
  return {
    ports: [
      { name: 'http', containerPort: podSet.port, protocol: 'TCP' },
      ...podSet.engine
        .handOverPorts(podSet.allocation.candidate.role)
        .map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    ],
    startupProbe: {
      ...probe,
      periodSeconds: PROBE_PERIOD,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil(startupBudget(podSet) / PROBE_PERIOD),
    },
    readinessProbe: { ...probe, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...probe, periodSeconds: PROBE_PERIOD, timeoutSeconds: 10, failureThreshold: 6 },
  };
}

function environment(command: EngineCommand): readonly JsonObject[] {
  return [
    { name: 'HF_HOME', value: MODEL_CACHE },
    {
      name: 'HF_TOKEN',
      valueFrom: { secretKeyRef: { name: TOKEN_SECRET.name, key: TOKEN_SECRET.key, optional: true } },
    },
    ...command.environment.map(([name, value]): JsonObject =>
      typeof value === 'string'
        ? { name, value }
        : { name, valueFrom: { fieldRef: { fieldPath: value.fieldPath } } },
    ),
  ];
}

/** What a pod asks of its node. */
export interface PodRequests {
  readonly cpuMillicores: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes of local disk; absent where the plan does not say. */
  readonly disk?: number;
  /** Devices by the name of their resource. */
  readonly accelerators: Readonly<Record<string, number>>;
}

/** What each pod of a set asks of its node. */
export function podRequests(podSet: PodSet): PodRequests {
  const group = podSet.allocation.candidate.podGroup;
  const resource = anyOffering(podSet).accelerator?.resourceName;
  const checkpoint = checkpointBytes(podSet);
  return {
    cpuMillicores: group.cpuMillicores,
    memory: group.memory,
    ...(checkpoint === undefined ? {} : { disk: checkpoint * DISK_FACTOR }),
    accelerators:
      resource === undefined || group.acceleratorsPerNode <= 0
        ? {}
        : { [resource]: group.acceleratorsPerNode },
  };
}

/** Requests and limits of the engine's container. */
export function engineResources(podSet: PodSet): JsonObject {
  const { cpuMillicores, memory, disk, accelerators } = podRequests(podSet);
  const devices = Object.fromEntries(Object.entries(accelerators).map(([name, n]) => [name, String(n)]));
  return {
    requests: {
      cpu: cpuQuantity(cpuMillicores),
      memory: memoryQuantity(memory),
      ...(disk === undefined ? {} : { 'ephemeral-storage': memoryQuantity(disk) }),
      ...devices,
    },
    limits: devices,
  };
}

/**
 * Bytes of the checkpoint, which every node of a replica downloads; undefined when the plan does not hold its weights.
 * Weights that are made in fp8 while loading come from a bf16 checkpoint of twice the size. Data-parallel ranks cut experts
 * between them and repeat attention: counting all ranks is never less than the checkpoint.
 */
function checkpointBytes(podSet: PodSet): number | undefined {
  const { evaluated, workload } = podSet;
  if (evaluated === undefined) return undefined;
  const { parallelism, weightPrecision } = podSet.allocation.candidate;
  const weights = evaluated.memory.weights * worldSize(parallelism);
  const isMade = weightPrecision === 'fp8' && workload.checkpoints.fp8 === undefined;
  return isMade ? 2 * weights : weights;
}
