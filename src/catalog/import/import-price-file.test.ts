import { describe, expect, it } from 'vitest';
import { NO_ADDITIONS, parseCatalogDocument } from '../../model/index.ts';
import { importPriceFile, mergeCatalog, shippedCatalog } from '../index.ts';
import type { ImportedPrices, ImportOptions } from '../index.ts';

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.trim().split('\n')) {
    await Promise.resolve();
    yield line;
  }
}

async function importText(text: string, options: Partial<ImportOptions> = {}) {
  return importPriceFile(linesOf(text), { fileName: 'prices.csv', ...options });
}

async function imported(text: string, options: Partial<ImportOptions> = {}): Promise<ImportedPrices> {
  const outcome = await importText(text, options);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

const AWS = `
provider,instance_type,family,category,generation,arch,vcpu,memory_gib,accelerator,accelerator_count,accelerator_memory_gib,accelerator_vendor,network_mbps,local_nvme_gb,allocatable_cpu,allocatable_memory,allocatable_pods,region,price_on_demand,price_spot_estimated,spot_savings_pct,spot_interruption_band,date_on_demand,date_spot_advisor
aws,p4de.24xlarge,p4de,p,4,amd64,96,1152,a100,8,80,nvidia,400000,8000,95690m,1082712Mi,737,us-east-1,27.5,9.6,65,<5%,2026-07-20,2025-06-28
aws,g6f.large,g6f,g,6,amd64,2,8,l4,0,2.794,nvidia,1500,,1930m,7002Mi,20,us-east-1,0.2,,,,2026-07-20,2025-06-28
aws,zz.large,zz,z,1,amd64,2,8,l4x,1,24,nvidia,1500,,1930m,7002Mi,20,us-east-1,0.2,,,>20%,2026-07-20,2025-06-28
aws,broken,zz,z,1,amd64,many,8,,,,,1500,,,,,us-east-1,0.2,,,,2026-07-20,2025-06-28`;

const SKYPILOT = `
InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region,AvailabilityZone
p5.48xlarge,192.0,2048.0,H100,8.0,98.32,30.5,us-east-2,us-east-2a
p5.48xlarge,192.0,2048.0,H100,8.0,98.32,,us-east-2,us-east-2b
p5.48xlarge,192.0,2048.0,H100,8.0,,28.25,us-west-2,us-west-2c`;

const sky = { provider: 'aws', date: '2026-01-15' } as const;

describe('importing AWS prices', () => {
  it('keeps what Kubernetes leaves for pods, the estimate with both dates, and the band', async () => {
    const { additions, counts, layout } = await imported(AWS);
    expect(layout).toBe('aws');
    expect(counts).toEqual({ rows: 4, skipped: 2, instanceTypes: 2, prices: 3 });
    expect(additions.instanceTypes[0]).toMatchObject({
      name: 'p4de.24xlarge',
      accelerator: { name: 'a100-80gb-sxm', count: 8 },
      allocatable: { cpuMillicores: 95_690, memory: 1_082_712 * 2 ** 20, pods: 737 },
      networkBandwidth: 50e9,
    });
    expect(additions.prices[1]).toMatchObject({ capacityType: 'spot', price: 9_600_000, isEstimate: true });
    expect(additions.prices[1]?.provenance).toEqual({
      evidence: 'assumed',
      source:
        'prices.csv: on-demand price of 2026-07-20 less the average saving in AWS Spot Advisor of 2025-06-28',
      date: '2025-06-28',
    });
    expect(additions.interruptions).toMatchObject([
      { instanceType: 'p4de.24xlarge', monthlyLow: 0, monthlyHigh: 0.05 },
      { instanceType: 'zz.large', monthlyLow: 0.2, monthlyHigh: 0.35 },
    ]);
  });

  it('reports an unknown accelerator with the closest name and keeps the price of its instance type', async () => {
    const outcome = await importText(AWS);
    const unknown = outcome.diagnostics.filter((item) => item.code === 'catalog-unknown-accelerator');
    expect(unknown).toMatchObject([{ severity: 'warning' }]);
    expect(unknown[0]?.summary).toContain('l4x');
    expect(unknown[0]?.fix).toContain('"l4"');
    if (!outcome.ok) throw new Error();
    expect(outcome.value.additions.prices.some((item) => item.instanceType === 'zz.large')).toBe(true);
    expect(
      outcome.value.additions.instanceTypes.find((item) => item.name === 'zz.large')?.accelerator,
    ).toBeUndefined();
  });

  it('tells line and reason of each row it leaves out', async () => {
    const outcome = await importText(AWS);
    const skipped = outcome.diagnostics.filter((item) => item.code === 'catalog-row-skipped');
    expect(skipped.map((item) => item.source?.line)).toEqual([3, 5]);
    expect(skipped[0]?.summary).toContain('fraction');
    expect(skipped[1]?.summary).toContain('vCPUs');
  });

  it('caps the reported rows and tells how many more there are', async () => {
    const [header = '', , , , broken = ''] = AWS.trim().split('\n');
    const outcome = await importText([header, ...Array.from({ length: 500 }, () => broken)].join('\n'));
    const skipped = outcome.diagnostics.filter((item) => item.code === 'catalog-row-skipped');
    expect(skipped.length).toBe(11);
    expect(skipped.at(-1)?.summary).toContain('490 more');
    expect(outcome.ok && outcome.value.counts.skipped).toBe(500);
  });
});

describe('importing the SkyPilot catalogue', () => {
  it('takes the on-demand price for the region and the spot price for the zone; either may be empty', async () => {
    const { additions, counts } = await imported(SKYPILOT, sky);
    expect(counts).toMatchObject({ rows: 3, skipped: 0, instanceTypes: 1, prices: 3 });
    expect(
      additions.prices.map((item) => [item.region, item.zone, item.capacityType, item.price / 1e6]),
    ).toEqual([
      ['us-east-2', '', 'on-demand', 98.32],
      ['us-east-2', 'us-east-2a', 'spot', 30.5],
      ['us-west-2', 'us-west-2c', 'spot', 28.25],
    ]);
    expect(additions.instanceTypes[0]?.accelerator).toEqual({ name: 'h100-sxm', count: 8 });
  });

  it('does not mind the order of columns, further columns, a byte order mark and Windows line ends', async () => {
    const text = [
      '\uFEFFRegion,GpuInfo,Price,SpotPrice,AcceleratorCount,AcceleratorName,MemoryGiB,vCPUs,InstanceType,AvailabilityZone',
      "us-east-1,\"{'Gpus': [{'Name': 'L40S', 'Count': 1}]}\",1.86,0.9,1,L40S,32,4,g6e.xlarge,us-east-1a",
    ].join('\r\n');
    const { additions } = await imported(text, sky);
    expect(additions.instanceTypes).toMatchObject([
      { name: 'g6e.xlarge', vcpus: 4, accelerator: { name: 'l40s', count: 1 } },
    ]);
    expect(additions.prices.map((item) => item.price)).toEqual([1_860_000, 900_000]);
  });

  it('asks for provider and date, which the file does not say', async () => {
    const outcome = await importText(SKYPILOT);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map((item) => item.code)).toEqual([
      'catalog-missing-fact',
      'catalog-missing-fact',
    ]);
  });

  it('takes the provider from the folder of the file', async () => {
    const { additions } = await imported(SKYPILOT, {
      fileName: 'catalogs/v8/aws/vms.csv',
      date: '2026-01-15',
    });
    expect(additions.prices.every((item) => item.provider === 'aws')).toBe(true);
  });

  it('refuses a date that is none', async () => {
    const outcome = await importText(SKYPILOT, { provider: 'aws', date: 'yesterday' });
    expect(outcome.diagnostics.map((item) => item.code)).toEqual(['catalog-missing-fact']);
  });

  it.each([
    ['aws', 'm7g.large', 'arm64'],
    ['aws', 'g5g.xlarge', 'arm64'],
    ['aws', 'g4dn.xlarge', 'amd64'],
    ['aws', 'p5.48xlarge', 'amd64'],
    ['azure', 'Standard_D8ps_v5', 'arm64'],
    ['azure', 'Standard_D8s_v5', 'amd64'],
    ['gcp', 't2a-standard-4', 'arm64'],
  ])('reads the processor of %s %s off its name: %s', async (provider, name, processor) => {
    const text = `InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region,AvailabilityZone
${name},4,16,,,0.2,,somewhere,`;
    const { additions } = await imported(text, { provider, date: '2026-01-15', catalog: NO_ADDITIONS });
    expect(additions.instanceTypes[0]?.cpuArchitecture).toBe(processor);
  });

  it('adds up machine and accelerators where Google Cloud prices them apart, and never takes the machine alone', async () => {
    const text = `
InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region,AvailabilityZone
a2-highgpu-1g,12.0,85.0,,,0.75,0.25,us-central1,us-central1-a
,,,A100,1.0,2.5,1.25,us-central1,us-central1-a
a2-highgpu-2g,24.0,170.0,,,1.5,0.5,us-central1,us-central1-a`;
    const outcome = await importText(text, { provider: 'gcp', date: '2026-01-15' });
    if (!outcome.ok) throw new Error();
    expect(outcome.value.additions.prices.map((item) => [item.instanceType, item.price / 1e6])).toEqual([
      ['a2-highgpu-1g', 3.25],
      ['a2-highgpu-1g', 1.5],
    ]);
    expect(outcome.diagnostics.map((item) => item.source?.line)).toEqual([4]);
  });
});

describe('importing Azure prices', () => {
  const AZURE = `
provider,instance_type,family,vcpu,accelerator,accelerator_count,accelerator_memory_gib_each,region,price_on_demand,date
azure,Standard_ND96isr_H100_v5,NDisr_H100_v5,96,H100,8.0,80,eastus,98.32,2026-06-18
azure,Standard_D8s_v5,Ds_v5,8,,,,eastus,0.384,2026-06-18
azure,Standard_M8ms,Mms,8,,,,eastus,2.1,2026-06-18`;

  it('fills in the memory it knows and leaves out sizes whose memory is not certain', async () => {
    const outcome = await importText(AZURE);
    if (!outcome.ok) throw new Error();
    expect(outcome.value.layout).toBe('azure');
    expect(outcome.value.additions.instanceTypes.map((item) => [item.name, item.memory / 2 ** 30])).toEqual([
      ['Standard_D8s_v5', 32],
      ['Standard_ND96isr_H100_v5', 1900],
    ]);
    expect(outcome.diagnostics[0]?.summary).toContain('Standard_M8ms');
  });
});

describe('a file of no known layout', () => {
  it('is refused with its columns and the layouts there are', async () => {
    const outcome = await importText('name,cost\nx,1');
    expect(outcome.diagnostics).toMatchObject([{ code: 'catalog-unknown-layout', severity: 'error' }]);
    expect(outcome.diagnostics[0]?.detail).toContain('name, cost');
  });

  it('is refused when it is empty', async () => {
    expect((await importText('')).diagnostics[0]?.code).toBe('catalog-unknown-layout');
  });

  it('names the columns that the layout asked for lacks', async () => {
    const outcome = await importText(SKYPILOT, { ...sky, layout: 'gcp' });
    expect(outcome.diagnostics[0]?.summary).toContain('price_on_demand');
  });
});

describe('the catalogue document of an import', () => {
  it.each([
    ['AWS', AWS, {}],
    ['SkyPilot', SKYPILOT, sky],
  ])('reads back as the same records: %s', async (_name, text, options) => {
    const { additions, document } = await imported(text, options);
    const read = parseCatalogDocument(JSON.parse(JSON.stringify(document)));
    expect(read.diagnostics).toEqual([]);
    expect(read.ok && read.value).toEqual(additions);
  });

  it('can be merged into the shipped catalogue', async () => {
    const { additions } = await imported(AWS);
    expect(mergeCatalog(shippedCatalog(), additions).ok).toBe(true);
  });
});
