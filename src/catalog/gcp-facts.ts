/**
 * Largest network bandwidth of Google Cloud accelerator types in Gbit/s, keyed by type.
 * Source: Google Cloud, "Accelerator-optimized machine family" and "GPU machine types", 2025-09.
 */
export const GCP_NETWORK_GBPS: Readonly<Record<string, number>> = {
  'a2-highgpu-1g': 24,
  'a2-highgpu-2g': 32,
  'a2-highgpu-4g': 50,
  'a2-highgpu-8g': 100,
  'a2-megagpu-16g': 100,
  'a2-ultragpu-1g': 24,
  'a2-ultragpu-2g': 32,
  'a2-ultragpu-4g': 50,
  'a2-ultragpu-8g': 100,
  'a3-highgpu-1g': 25,
  'a3-highgpu-2g': 50,
  'a3-highgpu-4g': 100,
  'a3-highgpu-8g': 1000,
  'a3-megagpu-8g': 1800,
  'g2-standard-4': 10,
  'g2-standard-8': 16,
  'g2-standard-12': 16,
  'g2-standard-16': 32,
  'g2-standard-24': 32,
  'g2-standard-32': 32,
  'g2-standard-48': 50,
  'g2-standard-96': 100,
  'g4-standard-48': 50,
  'g4-standard-96': 100,
  'g4-standard-192': 200,
  'g4-standard-384': 400,
};

/** Whether a Google Cloud family runs on Arm processors (Tau T2A and Axion). */
export function isArmGcpFamily(family: string): boolean {
  return ['t2a', 'c4a', 'n4a'].includes(family);
}
