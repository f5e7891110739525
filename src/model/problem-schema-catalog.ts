import type { ComputeType } from './accelerator.ts';
import { quantity } from './parse-quantities.ts';
import type {
  AcceleratorDocument,
  CatalogDocument,
  InstanceTypeDocument,
  InterruptionDocument,
  ModelDocument,
  PriceDocument,
} from './problem-document.ts';
import { date, integer, listOf, objectOf, oneOfTexts, someOf, text } from './problem-schema-builders.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import { CAPACITY_TYPE_SCHEMA } from './problem-schema-hardware.ts';
import { PRECISION_SCHEMA } from './problem-schema-workload.ts';
import type { Evidence, Provenance } from './provenance.ts';

const COMPUTE_TYPES: Readonly<Record<ComputeType, string>> = {
  bf16: 'bf16',
  fp8: 'fp8',
  int8: 'int8',
  fp4: 'fp4',
};

const PROVENANCE_SCHEMA = objectOf<Provenance>({
  title: 'Provenance',
  description: 'Where the record comes from. Default: assumed.',
  required: {
    evidence: oneOfTexts<Evidence>(
      {
        measured: 'measured by you',
        fitted: 'fitted to measurements',
        published: 'stated by a vendor or paper',
        assumed: 'a reasoned guess',
      },
      'How it came to be known.',
    ),
    source: text('Document, data set or feed; for assumed, the reasoning.'),
  },
  optional: { date: date('Date at which the source said so.') },
});

const aliases = listOf(text('Another name.'), 'Other names.', { uniqueItems: true });
const positive = (description: string): JsonSchema => ({ type: 'number', exclusiveMinimum: 0, description });

const ACCELERATOR_SCHEMA = objectOf<AcceleratorDocument>({
  title: 'Accelerator',
  description: 'One accelerator as its vendor describes it.',
  required: {
    name: text('Name, lower case.', ['h100-sxm']),
    vendor: text('Vendor.', ['nvidia', 'amd', 'google', 'aws']),
    architecture: text('Micro-architecture; unmeasured parts scale from the nearest one.', ['hopper']),
    memory: quantity('size', 'Memory of one accelerator.'),
    memoryBandwidth: quantity('bandwidth', 'Memory bandwidth.'),
    teraflops: someOf(
      Object.keys(COMPUTE_TYPES),
      'Dense peaks in TFLOP/s; leave out what it lacks.',
      (type) => positive(`Dense ${type} peak in TFLOP/s.`),
    ),
    powerWatts: positive('Board power in watts.'),
    link: objectOf<AcceleratorDocument['link']>({
      title: 'Link',
      description: 'Link to the other accelerators of the node.',
      required: {
        kind: text('Name of the link.', ['nvlink4', 'pcie5']),
        bandwidth: quantity('bandwidth', 'Bandwidth per accelerator and direction.'),
      },
      optional: {},
    }),
  },
  optional: {
    aliases,
    resourceName: text('Kubernetes resource that asks for one. Default: by vendor.', ['nvidia.com/gpu']),
    provenance: PROVENANCE_SCHEMA,
  },
});

const INSTANCE_TYPE_SCHEMA = objectOf<InstanceTypeDocument>({
  title: 'Instance type',
  description: 'One cloud instance type, or one type of your own servers.',
  required: {
    name: text('Name.', ['p5.48xlarge']),
    provider: text('Provider.', ['aws']),
    vcpus: integer('Virtual CPUs.', 1),
    memory: quantity('size', 'Main memory.'),
  },
  optional: {
    family: text('Family. Default: the name up to the first dot.'),
    cpuArchitecture: {
      ...oneOfTexts<'amd64' | 'arm64'>({ amd64: 'x86', arm64: 'Arm' }, 'CPU architecture. Default: amd64.'),
      default: 'amd64',
    },
    accelerator: objectOf<NonNullable<InstanceTypeDocument['accelerator']>>({
      title: 'Accelerators of the instance',
      description: 'Its accelerators. Default: none.',
      required: { name: text('Accelerator in the catalogue.', ['h100-sxm']), count: integer('How many.', 1) },
      optional: {
        linkDomain: integer(
          'Accelerators that reach each other over the fast link across nodes (a GB200 NVL72 rack: 72). Default: those of the node.',
          1,
        ),
      },
    }),
    allocatable: objectOf<NonNullable<InstanceTypeDocument['allocatable']>>({
      title: 'Allocatable',
      description: "What Kubernetes leaves for pods. Default: kubelet's reservation is subtracted.",
      required: {
        cpuMillicores: integer('Millicores.', 1),
        memory: quantity('size', 'Memory.'),
        pods: integer('Pods.', 1),
      },
      optional: {},
    }),
    network: quantity('bandwidth', 'Network of the whole node, one direction. Default: unknown.'),
    provenance: PROVENANCE_SCHEMA,
  },
});

const PRICE_SCHEMA = objectOf<PriceDocument>({
  title: 'Price',
  description: 'The price of one instance type in one place.',
  required: {
    provider: text('Provider.', ['aws']),
    region: text('Region.', ['us-east-1']),
    instanceType: text('Instance type.', ['p5.48xlarge']),
    capacityType: CAPACITY_TYPE_SCHEMA,
    price: quantity('hourlyUsd', 'Price of one node per hour.'),
    source: text('Price list, contract or invoice.'),
    date: date('Date of the price.'),
  },
  optional: {
    zone: text('Zone. Default: the price holds in the whole region.'),
    isEstimate: {
      type: 'boolean',
      description: 'The price was derived, not quoted. Default: false.',
      default: false,
    },
  },
});

const INTERRUPTION_SCHEMA = objectOf<InterruptionDocument>({
  title: 'Interruption band',
  description: 'How often spot nodes of one instance type are taken away in one region.',
  required: {
    provider: text('Provider.', ['aws']),
    region: text('Region.', ['us-east-1']),
    instanceType: text('Instance type.', ['p5.48xlarge']),
    monthlyLow: quantity('percent', 'Low end of the probability within a month.'),
    monthlyHigh: quantity('percent', 'High end of the probability within a month.'),
    source: text('Feed or own records.'),
    date: date('Date of the band.'),
  },
  optional: {},
});

const MOE_SCHEMA = objectOf<NonNullable<ModelDocument['moe']>>({
  title: 'Experts',
  description: 'Routed experts. Default: a dense model.',
  required: {
    experts: integer('Routed experts per layer.', 1),
    topK: integer('Experts chosen per token.', 1),
    intermediate: integer('Intermediate width of one expert.', 1),
  },
  optional: {
    layers: integer('Layers with experts. Default: all.', 1),
    sharedIntermediate: integer('Summed width of the shared experts. Default: 0.', 0),
  },
});

const MODEL_SCHEMA = objectOf<ModelDocument>({
  title: 'Model',
  description: 'A model architecture: the dimensions of its config.json; derived sizes are computed.',
  required: {
    name: text('Hugging Face id or any name.'),
    layers: integer('Layers (num_hidden_layers).', 1),
    hidden: integer('Hidden width (hidden_size).', 1),
    heads: integer('Attention heads (num_attention_heads).', 1),
    kvHeads: integer('Key-value heads (num_key_value_heads).', 1),
    vocabulary: integer('Vocabulary (vocab_size).', 1),
    maxContext: integer('Longest sequence in tokens (max_position_embeddings).', 1),
    intermediate: integer(
      'Feed-forward width of dense layers (intermediate_size); 0 without dense layers.',
      0,
    ),
  },
  optional: {
    aliases,
    headDim: integer('Width of one head (head_dim). Default: hidden ÷ heads.', 1),
    tiedEmbeddings: {
      type: 'boolean',
      description: 'Input and output embeddings are one matrix. Default: false.',
      default: false,
    },
    windowLayers: integer('Layers with a sliding window. Default: 0.', 0),
    windowTokens: integer('Tokens of the sliding window. Default: 0.', 0),
    moe: MOE_SCHEMA,
    checkpoints: listOf(PRECISION_SCHEMA, 'Weight formats in which checkpoints exist. Default: bf16.', {
      minItems: 1,
      uniqueItems: true,
      default: ['bf16'],
    }),
    provenance: PROVENANCE_SCHEMA,
  },
});

const LISTS = {
  accelerators: listOf(ACCELERATOR_SCHEMA, 'Accelerators to add.'),
  instanceTypes: listOf(INSTANCE_TYPE_SCHEMA, 'Instance types to add.'),
  prices: listOf(PRICE_SCHEMA, 'Prices to add.'),
  interruptions: listOf(INTERRUPTION_SCHEMA, 'Interruption bands to add.'),
  models: listOf(MODEL_SCHEMA, 'Model architectures to add.'),
};

/** Schema of the `catalog` field of a problem. */
export const CATALOG_SCHEMA = objectOf<CatalogDocument>({
  title: 'Catalogue additions',
  description: 'Records added to the catalogue; an added record replaces a shipped one of the same name.',
  required: {},
  optional: {
    files: listOf(text('Path relative to the stack.'), 'Catalogue files (YAML or JSON) with more records.', {
      uniqueItems: true,
    }),
    ...LISTS,
  },
});

/** Schema of a catalogue file: the same records, and no further files. */
export const CATALOG_FILE_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://plimsoll.dev/schemas/catalog-v1alpha1.json',
  ...objectOf<Omit<CatalogDocument, 'files'>>({
    title: 'Plimsoll catalogue file',
    description: 'Accelerators, instance types, prices and model architectures to add to the catalogue.',
    required: {},
    optional: LISTS,
  }),
};
