/**
 * How providers name the zones of a region, as patterns over the zone with the region replaced by `R`.
 * Source: AWS "Regions and Zones" (also Local Zones such as us-east-1-bos-1a, zone ids such as use1-az1), Google Cloud
 * "Regions and zones", Azure "Availability zones" with the label AKS puts on nodes (eastus-1), 2025.
 */
const ZONE_PATTERNS: Readonly<Record<string, RegExp>> = {
  aws: /^(R[a-z]|R-[a-z0-9-]+|[a-z0-9]+-az\d)$/,
  gcp: /^R-[a-z]$/,
  azure: /^(R-)?[123]$/,
};

/** Whether a zone's name can belong to the region; true for providers whose naming is not known. */
export function zoneBelongsTo(provider: string, region: string, zone: string): boolean {
  const pattern = ZONE_PATTERNS[provider.toLowerCase()];
  const name = zone.startsWith(region) ? `R${zone.slice(region.length)}` : zone;
  return pattern === undefined || pattern.test(name);
}
