import { field, numberField, readRows } from './catalog-sources.ts';
import type { SourceRow } from './catalog-sources.ts';

/** What the source table does not say of a measured system: our name, other names, architecture and link. */
interface Naming {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly architecture: string;
  readonly link: string;
}

const NAMES: Readonly<Record<string, Naming>> = {
  a100_pcie: {
    name: 'a100-80gb-pcie',
    aliases: ['a100_pcie', 'a100-pcie'],
    architecture: 'ampere',
    link: 'pcie4',
  },
  a100_sxm: {
    name: 'a100-80gb-sxm',
    aliases: ['a100_sxm', 'a100-sxm', 'a100-80gb', 'A100-80GB-SXM4'],
    architecture: 'ampere',
    link: 'nvlink3',
  },
  a30: { name: 'a30', aliases: ['A30-24GB'], architecture: 'ampere', link: 'pcie4' },
  b200_sxm: { name: 'b200', aliases: ['b200_sxm', 'b200-sxm'], architecture: 'blackwell', link: 'nvlink5' },
  b300_sxm: {
    name: 'b300',
    aliases: ['b300_sxm', 'b300-sxm'],
    architecture: 'blackwell',
    link: 'nvlink5',
  },
  b60: { name: 'b60', aliases: ['arc-pro-b60'], architecture: 'xe2', link: 'pcie5' },
  gb200: { name: 'gb200', aliases: ['gb200-nvl72'], architecture: 'blackwell', link: 'nvlink5' },
  gb300: { name: 'gb300', aliases: ['gb300-nvl72'], architecture: 'blackwell', link: 'nvlink5' },
  h100_pcie: {
    name: 'h100-pcie',
    aliases: ['h100_pcie', 'H100-80GB-PCIe'],
    architecture: 'hopper',
    link: 'pcie5',
  },
  h100_sxm: {
    name: 'h100-sxm',
    aliases: ['h100_sxm', 'h100', 'h100-80gb', 'h100-mega', 'H100-MEGA-80GB', 'h100-sxm5'],
    architecture: 'hopper',
    link: 'nvlink4',
  },
  h200_sxm: {
    name: 'h200-sxm',
    aliases: ['h200_sxm', 'h200', 'h200-141gb'],
    architecture: 'hopper',
    link: 'nvlink4',
  },
  l4: { name: 'l4', aliases: ['L4-24GB'], architecture: 'ada', link: 'pcie4' },
  l40s: { name: 'l40s', aliases: ['L40S-48GB'], architecture: 'ada', link: 'pcie4' },
  rtx_pro_6000_server: {
    name: 'rtx-pro-6000',
    aliases: ['rtx_pro_6000_server', 'rtx-pro-6000-server', 'rtx-pro-server-6000', 'RTXPRO6000'],
    architecture: 'blackwell',
    link: 'pcie5',
  },
};

const SOURCE =
  'ai-dynamo/aiconfigurator 095f58a51c system facts (dense peaks, one direction per link); names after the vendor sheet';

/** The accelerators of the measured operator tables, sorted by name. */
export function measuredAccelerators(dataFolder: string): unknown[] {
  return readRows(dataFolder, 'gpu-ops/systems.csv')
    .map(acceleratorOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function acceleratorOf(row: SourceRow) {
  const system = field(row, 'system');
  const naming = NAMES[system];
  if (naming === undefined)
    throw new Error(`name the new system ${system} in scripts/catalog-accelerators.ts`);
  const peak = (type: string, column: string) => {
    const value = numberField(row, column);
    return value === undefined ? {} : { [type]: value };
  };
  return {
    name: naming.name,
    aliases: naming.aliases,
    vendor: system === 'b60' ? 'intel' : 'nvidia',
    architecture: naming.architecture,
    memoryGib: numberField(row, 'mem_gib'),
    memoryGbPerSecond: numberField(row, 'mem_bw_gbs'),
    teraflops: {
      ...peak('bf16', 'bf16_tflops'),
      ...peak('fp8', 'fp8_tflops'),
      ...peak('int8', 'int8_tops'),
      ...peak('fp4', 'fp4_tflops'),
    },
    powerWatts: numberField(row, 'power_w'),
    link: naming.link,
    linkGbPerSecond: numberField(row, 'intra_node_gbs'),
    resourceName: system === 'b60' ? 'gpu.intel.com/xe' : 'nvidia.com/gpu',
    evidence: 'published',
    source: SOURCE,
    date: '2026-08-21',
  };
}
