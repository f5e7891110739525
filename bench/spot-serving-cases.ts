import { createReadStream, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createGunzip, gunzipSync } from 'node:zlib';
import type { RequestColumns } from '../src/model/index.ts';
import { lawCapacity, linearLaw, repeatRequests } from '../src/sim/spot-fleet/index.ts';
import type { FleetOffering, RequestStream } from '../src/sim/spot-fleet/index.ts';
import { readAvailabilityTraces } from '../src/spot/index.ts';
import type { AvailabilityTrace } from '../src/spot/index.ts';
import { readTrace } from '../src/traffic/index.ts';
import { seconds, usdPerHour } from '../src/units/index.ts';

/** Requests of one kind and the replica that serves them. */
export interface ServedRequests {
  readonly name: string;
  readonly columns: RequestColumns;
  readonly law: ReturnType<typeof linearLaw>;
  /** Requests per second of a replica whose slots are full. */
  readonly capacity: number;
  /** Seconds within which the first token must come. */
  readonly ttftLimit: number;
  /** Factor on the rate by hour; absent: none. */
  readonly hourlyFactor?: readonly number[];
}

/** A fleet over the zones of one campaign, and a load that keeps `replicas` of them busy on the mean. */
export interface ServingCase {
  readonly name: string;
  readonly campaign: string;
  readonly zones: number;
  readonly replicas: number;
  readonly requests: ServedRequests;
  readonly offerings: readonly FleetOffering[];
  readonly seconds: number;
  /** Requests per second that one replica is given, and that come on the mean. */
  readonly ratePerReplica: number;
  readonly rate: number;
}

/** p3.2xlarge, us-east-1: 3.06 USD/h on demand (AWS price list, 2023-09-18), saving 70 % on spot (Spot Advisor, 2021-02-10). */
const ON_DEMAND_PRICE = 3.06;
const SPOT_SHARE = 0.3;
/** From asking to serving: about 183 s in SkyServe's evaluation (2024), split into node and replica (*assumed*). */
const NODE_STARTUP = 60;
const REPLICA_STARTUP = 120;
/** Warning before a reclaim: AWS 2 minutes, GCP 30 seconds (their documentation, 2025). */
const NOTICE = { aws: 120, gcp: 30 } as const;
/** Share of a replica's capacity that it is given (*assumed*, usual for autoscaling). */
const TARGET_SHARE = 0.7;
/** First tokens may come so long after what the longest percentile of prompts needs alone (*assumed*). */
const TTFT_SLACK = 3;
/** Most replicas of a case, for the time a run takes. */
const MOST_REPLICAS = 12;
/** Seconds before the first request, in which fleets start. */
export const LEAD = 600;

/** A small model on one accelerator of that time (*assumed*): 8 requests at once, 8,000 prompt tokens/s, steps of 35 to 45 ms. */
const LAW = linearLaw({
  slots: 8,
  base: 0.1,
  perInputToken: 1 / 8000,
  step: 0.035,
  stepPerRequest: 0.0015,
});

/** Factor on the rate by hour of the day: a wave between a half and one and a half (*assumed*). */
const DAY = Array.from({ length: 24 }, (_, hour) => 1 - 0.5 * Math.cos((2 * Math.PI * (hour - 3)) / 24));

/** The availability traces of the data folder; undefined when there are none. */
export function campaignTraces(data: string): readonly AvailabilityTrace[] | undefined {
  const file = path.join(data, 'spot', 'skypilot-spot-traces.csv.gz');
  if (!existsSync(file)) return undefined;
  const text = gunzipSync(readFileSync(file)).toString('utf8');
  const read = readAvailabilityTraces(text, { fileName: path.basename(file) });
  if (!read.ok) throw new Error(read.diagnostics.map(({ summary }) => summary).join('\n'));
  return read.value;
}

/** The requests of the bench: Azure conversations that follow the hours of a day, and Mooncake's at an even rate. */
export async function servedRequests(data: string): Promise<readonly ServedRequests[]> {
  const azure = await requestsOf(data, 'azure-llm-2023-conv.csv.gz', 'azure');
  return [
    { ...azure, hourlyFactor: DAY },
    await requestsOf(data, 'mooncake-conversation.jsonl.gz', 'mooncake'),
  ];
}

async function requestsOf(data: string, name: string, format: 'azure' | 'mooncake'): Promise<ServedRequests> {
  const file = path.join(data, 'llm', name);
  if (!existsSync(file))
    throw new Error(`${file} does not exist; give the folder of the data with --data DIR`);
  const read = await readTrace(createReadStream(file).pipe(createGunzip()), {
    fileName: name,
    format: format === 'azure' ? 'auto' : format,
  });
  if (!read.ok) throw new Error(read.diagnostics.map(({ summary }) => summary).join('\n'));
  const { isl, osl } = read.value;
  const sorted = isl.slice().sort();
  const longest = sorted[Math.floor(0.99 * sorted.length)] ?? 0;
  return {
    name: format,
    columns: read.value,
    law: LAW,
    capacity: lawCapacity(LAW, mean(isl), mean(osl)),
    ttftLimit: TTFT_SLACK + LAW.firstToken(longest, 1),
  };
}

function mean(column: Int32Array): number {
  return column.reduce((sum, value) => sum + value, 0) / column.length;
}

/**
 * One case per campaign and instance type with at least two zones or several nodes, per number of replicas (a third and two thirds
 * of what the zones ever gave) and per kind of requests. A probe for one node says that one replica can be held in that zone, no more.
 */
export function servingCases(
  traces: readonly AvailabilityTrace[],
  requests: readonly ServedRequests[],
  hours: number,
): readonly ServingCase[] {
  const campaigns = Map.groupBy(
    traces,
    ({ id, instanceType }) => `${id.slice(0, id.lastIndexOf('/'))} ${instanceType}`,
  );
  return [...campaigns].flatMap(([campaign, zones]) => {
    const most = zones.reduce((sum, { mostNodes }) => sum + mostNodes, 0);
    if (most < 2) return [];
    const span = Math.min(...zones.map(({ ticks, tickSeconds }) => ticks * tickSeconds), hours * 3600);
    const sizes = new Set([most / 3, (2 * most) / 3].map((n) => Math.min(MOST_REPLICAS, Math.ceil(n))));
    return requests.flatMap((served) =>
      [...sizes].map((replicas): ServingCase => ({
        name: `${campaign} × ${replicas}, ${served.name}`,
        campaign,
        zones: zones.length,
        replicas,
        requests: served,
        offerings: offeringsOf(zones, served, campaign.startsWith('gcp') ? NOTICE.gcp : NOTICE.aws),
        seconds: span,
        ratePerReplica: TARGET_SHARE * served.capacity,
        rate: replicas * TARGET_SHARE * served.capacity,
      })),
    );
  });
}

function offeringsOf(
  zones: readonly AvailabilityTrace[],
  { law }: ServedRequests,
  notice: number,
): readonly FleetOffering[] {
  const common = {
    nodesPerReplica: 1,
    nodeStartup: seconds(NODE_STARTUP),
    replicaStartup: seconds(REPLICA_STARTUP),
    notice: seconds(notice),
    law,
  };
  return [
    {
      ...common,
      id: 'on-demand',
      zone: zones[0]!.zone,
      capacityType: 'on-demand',
      price: usdPerHour(ON_DEMAND_PRICE),
    },
    ...zones.map((trace): FleetOffering => ({
      ...common,
      id: trace.id,
      zone: trace.zone,
      capacityType: 'spot',
      price: usdPerHour(SPOT_SHARE * ON_DEMAND_PRICE),
      trace,
    })),
  ];
}

/** The requests of a case from the beginning, one reader each. */
export function streamOf({ requests, rate, seconds: until }: ServingCase): RequestStream {
  return repeatRequests({
    columns: requests.columns,
    from: LEAD,
    until,
    rate,
    ...(requests.hourlyFactor === undefined ? {} : { hourlyFactor: requests.hourlyFactor }),
  });
}

/** Replicas that the mean load of an hour needs at the target share. */
export function neededAt({ requests, replicas }: ServingCase, at: number): number {
  const { hourlyFactor = [1] } = requests;
  return Math.ceil(replicas * (hourlyFactor[Math.floor(at / 3600) % hourlyFactor.length] ?? 1) - 1e-9);
}
