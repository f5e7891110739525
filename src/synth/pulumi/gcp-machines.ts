/**
 * Names of accelerators in Google's interface, by machine family and by the catalogue's name. Families that are not listed attach no
 * accelerators that we know of. Source: Google Cloud, "GPU machine types" and "About GPUs in GKE", 2026.
 */
const ACCELERATOR_TYPES: Readonly<Record<string, string>> = {
  'a2-highgpu': 'nvidia-tesla-a100',
  'a2-megagpu': 'nvidia-tesla-a100',
  'a2-ultragpu': 'nvidia-a100-80gb',
  'a3-highgpu': 'nvidia-h100-80gb',
  'a3-edgegpu': 'nvidia-h100-80gb',
  'a3-megagpu': 'nvidia-h100-mega-80gb',
  'a3-ultragpu': 'nvidia-h200-141gb',
  'a4-highgpu': 'nvidia-b200',
  'a4x-highgpu': 'nvidia-gb200',
  'g2-standard': 'nvidia-l4',
  'g4-standard': 'nvidia-rtx-pro-6000',
};

/** Series that only take Hyperdisk as boot disk (Google Cloud, "Hyperdisk machine type support", 2026). */
const HYPERDISK_SERIES: readonly string[] = [
  'a3-ultragpu',
  'a4-',
  'a4x-',
  'c4-',
  'c4a-',
  'c4d-',
  'g4-',
  'n4-',
  'n4a-',
  'n4d-',
];

/** The accelerator that Google attaches to a machine type; undefined where the table does not say. */
export function gcpAcceleratorType(machineType: string): string | undefined {
  return ACCELERATOR_TYPES[machineType.split('-').slice(0, 2).join('-')];
}

/** Kind of boot disk that a machine type takes: SSD persistent disks, or Hyperdisk where there is nothing else. */
export function gcpDiskType(machineType: string): 'pd-ssd' | 'hyperdisk-balanced' {
  return HYPERDISK_SERIES.some((series) => machineType.startsWith(series)) ? 'hyperdisk-balanced' : 'pd-ssd';
}
