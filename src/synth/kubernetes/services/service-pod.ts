import { escapeExpansion } from '../../engines/flag-table.ts';
import type { JsonObject } from '../../files.ts';
import { priorityClassName } from '../kinds/priority-class.ts';
import { serviceAccountName } from '../kinds/service-account.ts';
import { SHAPE_ANNOTATION } from '../labels.ts';
import { cpuQuantity, exactMemoryQuantity } from '../quantities.ts';
import type { DeclaredService } from './declared-service.ts';
import type { ServiceMember, ServicePodSet } from './planned-service.ts';
import { memberPodLabels } from './service-labels.ts';
import { serviceTermination } from './service-lifecycle.ts';
import { serviceSchedulingSpec } from './service-scheduling.ts';

/** Name of the container and of its port. */
export const CONTAINER = 'service';

/** Ports below this one are privileged (Linux, `ip_unprivileged_port_start`). */
const UNPRIVILEGED_PORTS = 1024;

/** The pod template of a pod set of a service. */
export function servicePodTemplate(member: ServiceMember): JsonObject {
  const { planned, podSet } = member;
  const { service, stack } = planned;
  return {
    metadata: {
      labels: memberPodLabels(member),
      annotations: { [SHAPE_ANNOTATION]: podSet.allocation.shape.id },
    },
    spec: {
      ...serviceSchedulingSpec(member),
      serviceAccountName: serviceAccountName(service.id),
      automountServiceAccountToken: false,
      priorityClassName: priorityClassName(stack, podSet.allocation.tier, service.priority),
      terminationGracePeriodSeconds: serviceTermination(service, podSet).gracePeriod,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container(member)],
    },
  };
}

function container({ planned, podSet }: ServiceMember): JsonObject {
  const { service } = planned;
  const { preStop } = serviceTermination(service, podSet);
  return {
    name: CONTAINER,
    image: service.image,
    imagePullPolicy: 'IfNotPresent',
    ...(service.command.length === 0 ? {} : { command: service.command.map(escapeExpansion) }),
    ...(service.args.length === 0 ? {} : { args: service.args.map(escapeExpansion) }),
    ...environment(service),
    resources: resources(podSet),
    // What an image runs as is unknown: its user and its file system are left as they are.
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: {
        drop: ['ALL'],
        ...(service.port > 0 && service.port < UNPRIVILEGED_PORTS ? { add: ['NET_BIND_SERVICE'] } : {}),
      },
    },
    // The kubelet waits itself: an image need not hold a `sleep`.
    ...(preStop > 0 ? { lifecycle: { preStop: { sleep: { seconds: preStop } } } } : {}),
    ...(service.port === 0 ? {} : listening(service.port)),
  };
}

function environment({ environment: variables }: DeclaredService): JsonObject {
  if (variables.length === 0) return {};
  return { env: variables.map(([name, value]) => ({ name, value: escapeExpansion(value) })) };
}

/** An open port says that it serves; nothing restarts a pod that is slow, since nothing is known of its health. */
function listening(port: number): JsonObject {
  return {
    ports: [{ name: CONTAINER, containerPort: port, protocol: 'TCP' }],
    readinessProbe: {
      tcpSocket: { port: CONTAINER },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
  };
}

function resources({ allocation }: ServicePodSet): JsonObject {
  const { cpuMillicores, memory, cpuLimitMillicores, memoryLimit } = allocation.shape.resources;
  return {
    requests: { cpu: cpuQuantity(cpuMillicores), memory: exactMemoryQuantity(memory) },
    limits: {
      ...(cpuLimitMillicores > 0 ? { cpu: cpuQuantity(cpuLimitMillicores) } : {}),
      ...(memoryLimit > 0 ? { memory: exactMemoryQuantity(memoryLimit) } : {}),
    },
  };
}
