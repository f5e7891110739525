import type { InstanceType } from '../model/index.ts';
import { instanceKey } from './keys.ts';

/**
 * Accelerators that reach each other over NVLink across nodes, by provider and instance type. All are nodes of GB200
 * NVL72 racks, 18 nodes of 4 in one domain:
 * - AWS: EC2 UltraServer u-p6e-gb200x72 (AWS announcement, 2025-07-09; the x36 UltraServer halves it: state `linkDomain: 36`);
 * - Google Cloud: "NVLink domain", AI Hypercomputer terminology (2025-09-09);
 * - Azure: ND GB200 v6, Microsoft Learn and the announcement of its racks of 18 (2025-03).
 */
const LINK_DOMAINS: Readonly<Record<string, number>> = {
  [instanceKey('aws', 'p6e-gb200.36xlarge')]: 72,
  [instanceKey('azure', 'Standard_ND128isr_NDR_GB200_v6')]: 72,
  [instanceKey('gcp', 'a4x-highgpu-4g')]: 72,
};

/** The accelerators of a node, with the domain of its fast links where that is known to reach further. */
export function withLinkDomain(
  place: { readonly provider: string; readonly name: string },
  accelerator: { readonly name: string; readonly count: number },
): NonNullable<InstanceType['accelerator']> {
  const linkDomain = LINK_DOMAINS[instanceKey(place.provider, place.name)];
  return linkDomain === undefined ? accelerator : { ...accelerator, linkDomain };
}
