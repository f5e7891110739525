import type { CapacityType, Taint } from './pool.ts';
import { quantity } from './parse-quantities.ts';
import {
  described,
  identifier,
  integer,
  listOf,
  mapOf,
  objectOf,
  oneOfTexts,
  someOf,
  text,
} from './problem-schema-builders.ts';
import type {
  DaemonsetsDocument,
  InstanceSelectorDocument,
  NodeProvisioning,
  PoolDocument,
} from './problem-document.ts';
import type { CpuArchitecture } from './service.ts';

const CAPACITY_MEANINGS: Readonly<Record<CapacityType, string>> = {
  'on-demand': 'bought by the hour, kept until released',
  spot: 'cheaper, taken back by the provider at short notice',
  reserved: 'committed in advance; state its price under prices',
  owned: 'your own servers; state their price under prices',
};

/** Names of the capacity types. */
export const CAPACITY_TYPES: readonly string[] = Object.keys(CAPACITY_MEANINGS);

/** Schema of one capacity type. */
export const CAPACITY_TYPE_SCHEMA = oneOfTexts<CapacityType>(CAPACITY_MEANINGS, 'How capacity is bought.');

const ARCHITECTURE_MEANINGS: Readonly<Record<CpuArchitecture, string>> = {
  amd64: 'x86-64 by Intel and AMD',
  arm64: '64-bit Arm, such as AWS Graviton',
};

/** Schema of one CPU architecture. */
export const CPU_ARCHITECTURE_SCHEMA = oneOfTexts<CpuArchitecture>(
  ARCHITECTURE_MEANINGS,
  'CPU instruction set.',
);

/** Schema of the effect of a taint. */
export const TAINT_EFFECTS = oneOfTexts<Taint['effect']>(
  {
    NoSchedule: 'pods that do not tolerate it are not placed',
    PreferNoSchedule: 'they are placed elsewhere if possible',
    NoExecute: 'running pods are evicted too',
  },
  'What happens to pods that do not tolerate it.',
);

const TAINT_SCHEMA = objectOf<Taint>({
  title: 'Taint',
  description: 'A Kubernetes taint on the nodes of the pool.',
  required: {
    key: text('Key of the taint.', ['nvidia.com/gpu']),
    value: { type: 'string', description: 'Value of the taint; may be empty.' },
    effect: TAINT_EFFECTS,
  },
  optional: {},
});

const DAEMONSETS_SCHEMA = objectOf<DaemonsetsDocument>({
  title: 'Daemonsets',
  description: 'What daemonsets take on every node, all together. Default: nothing.',
  required: {},
  optional: {
    cpu: quantity('cpu', 'CPU requests of all daemonset pods of one node. Default: 0m.'),
    memory: quantity('memory', 'Memory requests of all daemonset pods of one node. Default: 0Mi.'),
    pods: integer('Daemonset pods of one node. Default: 0.', 0),
  },
});

const SELECTOR_SCHEMA = objectOf<InstanceSelectorDocument>({
  title: 'InstanceSelector',
  description:
    'Many instance types at once: all those of the catalogue that have a price in the region and meet every condition.',
  required: {},
  optional: {
    names: listOf(text('Name, * standing for any characters.', ['m7i.*']), 'Names to take. Default: all.', {
      uniqueItems: true,
    }),
    except: listOf(
      text('Name, * standing for any characters.', ['*.metal*']),
      'Names to leave out. Default: none.',
      { uniqueItems: true },
    ),
    architectures: listOf(CPU_ARCHITECTURE_SCHEMA, 'CPU architectures. Default: amd64.', {
      minItems: 1,
      uniqueItems: true,
      default: ['amd64'],
    }),
    vcpus: objectOf<NonNullable<InstanceSelectorDocument['vcpus']>>({
      title: 'Range of vCPUs',
      description: 'Bounds on the virtual CPUs, both included. Default: any.',
      required: {},
      optional: {
        min: integer('Fewest. Default: 0.', 0),
        max: integer('Most. Default: unlimited.', 1),
      },
    }),
    memory: objectOf<NonNullable<InstanceSelectorDocument['memory']>>({
      title: 'Range of memory',
      description: 'Bounds on the main memory, both included. Default: any.',
      required: {},
      optional: {
        min: quantity('memory', 'Least. Default: 0.'),
        max: quantity('memory', 'Most. Default: unlimited.'),
      },
    }),
    accelerators: {
      type: 'boolean',
      description: 'true: only types with accelerators; false: only types without. Default: false.',
      default: false,
    },
  },
});

/** Schema of a hardware pool. */
export const POOL_SCHEMA = objectOf<PoolDocument>({
  title: 'HardwarePool',
  description:
    'Hardware offered to the planner in one region: one instance type, or many chosen from the catalogue.',
  required: {
    id: identifier('Name of the pool.'),
    provider: text('Cloud provider, or any name for your own servers.', ['aws', 'gcp', 'azure']),
    region: text('Region of the provider.', ['us-east-1']),
    zones: listOf(text('Availability zone.', ['us-east-1a']), 'Zones in which nodes may be bought.', {
      minItems: 1,
      uniqueItems: true,
    }),
  },
  optional: {
    instanceType: text('Instance type, as `plimsoll catalog list` names it.', ['p5.48xlarge']),
    instanceTypes: SELECTOR_SCHEMA,
    capacityTypes: listOf(CAPACITY_TYPE_SCHEMA, 'How nodes may be bought. Default: on-demand only.', {
      minItems: 1,
      uniqueItems: true,
      default: ['on-demand'],
    }),
    maxNodes: integer(
      'Most nodes at once over all zones, capacity types and instance types. Default: unlimited.',
      1,
    ),
    prices: someOf(CAPACITY_TYPES, 'Prices that replace those of the catalogue.', (type) =>
      quantity('hourlyUsd', `Price of one ${type} node per hour.`),
    ),
    nodeStartup: quantity(
      'duration',
      "From asking for a node until it is ready. Default: the catalogue's assumption.",
    ),
    interNodeBandwidth: quantity(
      'bandwidth',
      'Network between nodes per accelerator and direction. Default: network of the instance divided by its accelerators.',
    ),
    interruption: quantity(
      'percent',
      "Probability that a spot node is interrupted within a month. Default: the catalogue's band.",
    ),
    labels: mapOf({ type: 'string' }, 'Labels of the nodes, by key.'),
    taints: described(listOf(TAINT_SCHEMA, ''), 'Taints of the nodes.'),
    daemonsets: DAEMONSETS_SCHEMA,
    nodeProvisioning: oneOfTexts<NodeProvisioning>(
      {
        karpenter: 'Karpenter, from the node pools in the manifests',
        managed: 'node groups made by other means, such as those that `synth --target pulumi` writes',
      },
      'Who makes the nodes. Default: karpenter, where the provider has one.',
    ),
    nodeClass: identifier(
      "Karpenter's node class for the nodes, one of yours. Default: the name of the stack on AWS, default on Azure.",
      63,
    ),
  },
  exactlyOne: [['instanceType'], ['instanceTypes']],
});
