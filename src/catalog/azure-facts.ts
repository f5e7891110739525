/** What Azure's price feed leaves out about a size with accelerators. */
export interface AzureSize {
  readonly memoryGib: number;
  readonly networkGbps: number;
  readonly accelerator: string;
  readonly count: number;
}

const size = (memoryGib: number, networkGbps: number, accelerator: string, count: number): AzureSize => ({
  memoryGib,
  networkGbps,
  accelerator,
  count,
});

/** Where the facts of this file come from. */
export const AZURE_FACTS_SOURCE =
  'Microsoft Learn, "Sizes for virtual machines in Azure" (memory, accelerators, network)';
/** Date of those pages. */
export const AZURE_FACTS_DATE = '2025-06-01';

/**
 * Sizes with whole accelerators whose memory and accelerator are published beyond doubt, keyed by size name.
 * ND networks count the InfiniBand of all accelerators. Sizes that are not here (fractions of an A10, confidential
 * and special variants, RTX PRO 6000) must be added by the user.
 */
export const AZURE_ACCELERATOR_SIZES: Readonly<Record<string, AzureSize>> = {
  Standard_NC4as_T4_v3: size(28, 8, 't4', 1),
  Standard_NC8as_T4_v3: size(56, 8, 't4', 1),
  Standard_NC16as_T4_v3: size(110, 8, 't4', 1),
  Standard_NC64as_T4_v3: size(440, 32, 't4', 4),
  Standard_NC6s_v3: size(112, 0, 'v100-16gb-pcie', 1),
  Standard_NC12s_v3: size(224, 0, 'v100-16gb-pcie', 2),
  Standard_NC24s_v3: size(448, 0, 'v100-16gb-pcie', 4),
  Standard_NC24rs_v3: size(448, 0, 'v100-16gb-pcie', 4),
  Standard_ND40rs_v2: size(672, 100, 'v100-32gb-sxm', 8),
  Standard_NC24ads_A100_v4: size(220, 20, 'a100-80gb-pcie', 1),
  Standard_NC48ads_A100_v4: size(440, 40, 'a100-80gb-pcie', 2),
  Standard_NC96ads_A100_v4: size(880, 80, 'a100-80gb-pcie', 4),
  Standard_ND96asr_v4: size(900, 1600, 'a100-40gb-sxm', 8),
  Standard_ND96amsr_A100_v4: size(1900, 1600, 'a100-80gb-sxm', 8),
  Standard_NC40ads_H100_v5: size(320, 40, 'h100-nvl', 1),
  Standard_NC80adis_H100_v5: size(640, 80, 'h100-nvl', 2),
  Standard_ND96isr_H100_v5: size(1900, 3200, 'h100-sxm', 8),
  Standard_ND96isr_H200_v5: size(1850, 3200, 'h200-sxm', 8),
  Standard_ND96isr_MI300X_v5: size(1850, 3200, 'mi300x', 8),
  Standard_ND96is_MI300X_v5: size(1850, 80, 'mi300x', 8),
  Standard_ND128isr_NDR_GB200_v6: size(900, 1600, 'gb200', 4),
  Standard_NV36ads_A10_v5: size(440, 80, 'a10', 1),
  Standard_NV36adms_A10_v5: size(880, 80, 'a10', 1),
  Standard_NV72ads_A10_v5: size(880, 80, 'a10', 2),
};

/** GiB of memory per virtual CPU of the general families; holds up to 64 vCPUs in the E families, everywhere in the others. */
const GIB_PER_VCPU: Readonly<Record<string, number>> = {
  Ds_v5: 4,
  Das_v5: 4,
  Dps_v5: 4,
  Dls_v5: 2,
  Ds_v6: 4,
  Das_v6: 4,
  Dps_v6: 4,
  Dls_v6: 2,
  Es_v5: 8,
  Eas_v5: 8,
  Es_v6: 8,
  Eas_v6: 8,
  Fs_v2: 2,
  Fals_v6: 2,
  Fas_v6: 4,
  Fams_v6: 8,
};

/**
 * Memory of an Azure size in GiB, undefined where it is not certain. Constrained sizes (`E16-4s`) show fewer vCPUs
 * than their memory belongs to and are left out, as are the largest E sizes, which break the family's ratio.
 */
export function azureMemoryGib(instanceType: string, family: string, vcpus: number): number | undefined {
  const known = AZURE_ACCELERATOR_SIZES[instanceType];
  if (known !== undefined) return known.memoryGib;
  const ratio = GIB_PER_VCPU[family];
  if (ratio === undefined || /\d-\d/.test(instanceType)) return undefined;
  if (family.startsWith('E') && vcpus > 64) return undefined;
  return vcpus * ratio;
}

/** Whether a family's processors are Arm (Ampere Altra or Cobalt): a `p` after the family letter. */
export function isArmFamily(family: string): boolean {
  return /^[A-Z]+p/.test(family);
}
