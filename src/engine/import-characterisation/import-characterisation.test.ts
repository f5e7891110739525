import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseProblem } from '../../model/index.ts';
import { importCharacterisation } from './index.ts';
import type { CharacterisationOptions } from './index.ts';
import { readSeries, timeOf, valueAt } from './series-files.ts';

const DATA = process.env['PLIMSOLL_DATA'] ?? path.join(import.meta.dirname, '../../../../shared/data');
const SPOTKUBE = path.resolve(DATA, 'microservices/spotkube');
const START = 1_700_000_000;
const HEADER = 'Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,90%,95%,99%';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-load-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A test of 120 s whose rate rises from 2 to 60 requests/s; each takes 5 ms of CPU on a replica that idles at 20m. */
function rampRows(rate: (second: number) => number = (second) => Math.max(0, second / 2)): string[] {
  return Array.from({ length: 121 }, (_, second) => {
    const now = rate(second);
    const times = now === 0 ? 'N/A,N/A,N/A,N/A,N/A' : `${10 + now},0,${30 + now},${40 + now},${60 + now}`;
    return `${START + second},${second},,Aggregated,${now},0,${times}`;
  });
}

function cpuRows(value: (second: number) => number, milliseconds: boolean): string {
  const rows = Array.from({ length: 13 }, (_, i) => {
    const time = START + 10 * i;
    return `${milliseconds ? time * 1000 : time},${value(10 * i)}`;
  });
  return `timestamp,cpu\n${rows.join('\n')}\n`;
}

async function run(
  files: { readonly history?: string; readonly cpu?: string; readonly memory?: string },
  options: Partial<CharacterisationOptions> = {},
) {
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(path.join(folder, name), text);
    return name;
  };
  const history = files.history ?? `${HEADER}\n${rampRows().join('\n')}\n`;
  const cpu = files.cpu ?? cpuRows((second) => 0.02 + 0.005 * (second / 2), true);
  const memory = files.memory ?? cpuRows(() => 2 ** 27, false);
  return importCharacterisation(
    {
      history: await write('run_stats_history.csv', history),
      cpu: await write('cpu.csv', cpu),
      memory: await write('memory.csv', memory),
      pods: 1,
      coresPerUnit: 1,
      bytesPerUnit: 1,
      cpuWindow: 0,
      shift: 0,
      resources: { requests: { cpu: '500m', memory: '256Mi' } },
      cores: 0.5,
      form: 'measured',
      ...options,
    },
    { workingDirectory: folder, today: '2026-11-21', emit: () => {}, elapsedSeconds: () => 0 },
  );
}

async function performanceOf(...args: Parameters<typeof run>) {
  const outcome = await run(...args);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map((item) => item.summary).join('\n'));
  return outcome.value;
}

describe('a load test', () => {
  it('becomes rows that ascend in rate and that a problem takes', async () => {
    const { performance, text, moments } = await performanceOf({});
    const { rows, date } = performance.measured!;
    expect(moments).toBe(120);
    expect(date).toBe('2023-11-14');
    expect(rows).toHaveLength(8);
    // The first of eight levels holds seconds 1 to 15: rates 0.5 to 7.5, 4 on average.
    expect(rows[0]).toEqual({
      rate: '4/s',
      latency: { p50: '14ms', p90: '34ms', p95: '44ms', p99: '64ms' },
      cpu: '40m',
      memory: '128Mi',
    });
    const services = [{ id: 'a', ...(parse(text) as object) }];
    const pools = [{ id: 'p', provider: 'aws', region: 'r', zones: ['z'], instanceTypes: {} }];
    const document = { apiVersion: 'plimsoll.dev/v1alpha1', name: 'n', pools, services };
    const parsed = parseProblem(document);
    expect(parsed.diagnostics.filter((item) => item.severity === 'error')).toEqual([]);
  });

  it('is divided by its replicas, in rate, CPU and memory', async () => {
    const { performance } = await performanceOf({}, { pods: 4, coresPerUnit: 1 / 4 });
    expect(performance.measured!.rows[0]).toMatchObject({ rate: '1/s', cpu: '10m', memory: '32Mi' });
  });

  it('gives the CPU seconds of a request, whatever window CPU is averaged over', async () => {
    const now = await performanceOf({}, { form: 'queueing' });
    expect(now.performance.queueing!.cpuTime).toBe('5ms');
    expect(now.cpuFit!.intercept).toBeCloseTo(0.02, 2);
    // The mean of the last minute of a ramp second/2 that began at 0.
    const minute = (second: number): number => {
      const from = Math.max(0, second - 60);
      return ((second + from) / 4) * ((second - from) / 60);
    };
    const averaged = cpuRows((second) => 0.02 + 0.005 * minute(second), true);
    const late = await performanceOf({ cpu: averaged }, { form: 'queueing', cpuWindow: 60 });
    expect(parseFloat(late.performance.queueing!.cpuTime)).toBeCloseTo(5, 1);
    expect(late.cpuFit!.explained).toBeGreaterThan(0.99);
    const wrong = await run({ cpu: averaged }, { form: 'queueing' });
    expect(wrong.ok && parseFloat(wrong.value.performance.queueing!.cpuTime)).not.toBeCloseTo(5, 1);
  });

  it('warns when rate does not explain CPU, and when users rise without requests', async () => {
    const noise = cpuRows((second) => 0.1 + ((second / 10) % 2) * 0.1, true);
    const weak = await run({ cpu: noise });
    expect(weak.diagnostics.map((item) => item.code)).toContain('import-weak-fit');
    const flat = rampRows((second) => Math.min(20, 4 * second));
    const full = await run({ history: `${HEADER}\n${flat.join('\n')}\n`, cpu: cpuRows(() => 0.12, true) });
    expect(full.diagnostics.find((item) => item.code === 'import-weak-fit')!.summary).toContain('overloaded');
  });

  it('tells how much failed', async () => {
    const rows = rampRows().map((row) => row.replace(',0,', ',1,'));
    const { performance } = await performanceOf({ history: `${HEADER}\n${rows.join('\n')}\n` });
    expect(performance.measured!.rows.at(-1)!.failed).toMatch(/^1\.7\d*%$/);
  });
});

describe('a load test that cannot be used', () => {
  it('is refused where its clocks share no time, and taken when they are shifted', async () => {
    const cpu = cpuRows((second) => 0.02 + 0.005 * (second / 2), true).replaceAll('\n17', '\n18');
    const memory = cpuRows(() => 2 ** 27, false).replaceAll('\n17', '\n18');
    const apart = await run({ cpu, memory });
    expect(apart.diagnostics.map((item) => item.code)).toEqual(['import-clocks-apart']);
    expect((await run({ cpu, memory }, { shift: -100_000_000 })).ok).toBe(true);
  });

  it.each([
    ['no history', { history: 'a,b\n1,2\n' }, 'import-series-layout'],
    ['no row', { cpu: 'time,value\n' }, 'import-series-layout'],
    ['no number', { memory: 'time,value\nnow,much\n' }, 'import-series-layout'],
    ['no traffic', { history: `${HEADER}\n${rampRows(() => 0).join('\n')}\n` }, 'import-no-measurement'],
  ])('is refused with %s', async (_, files, code) => {
    const outcome = await run(files);
    expect(outcome.ok).toBe(false);
    expect(outcome.diagnostics.map((item) => item.code)).toEqual([code]);
  });

  it('names the requests that the history has', async () => {
    const outcome = await run({}, { name: '/login' });
    expect(outcome.diagnostics[0]!.summary).toContain('Aggregated');
  });
});

describe('a series', () => {
  it('has times in seconds, milliseconds or dates, UTC where they name no zone', () => {
    expect(timeOf('1687122360')).toBe(1_687_122_360);
    expect(timeOf('1687122360000')).toBe(1_687_122_360);
    expect(timeOf('2023-06-18 21:06:00')).toBe(1_687_122_360);
    expect(timeOf('2023-06-19T02:36:00+05:30')).toBe(1_687_122_360);
    expect(timeOf('')).toBeNaN();
  });

  it('sums the columns of several pods, lies on straight lines and ends at its ends', () => {
    const series = readSeries('t,a,b\n10,1,2\n0,0,\n20,,5\n', 's');
    expect(series.ok && [0, 5, 10, 20].map((time) => valueAt(series.value, time))).toEqual([0, 1.5, 3, 5]);
    expect(series.ok && valueAt(series.value, 21)).toBeUndefined();
  });
});

describe.skipIf(!existsSync(SPOTKUBE))(
  'the measurements of SpotKube (shared/data/microservices/spotkube)',
  () => {
    const options = (service: string): Partial<CharacterisationOptions> => ({
      history: path.join(SPOTKUBE, `${service}-results_stats_history.csv`),
      cpu: path.join(SPOTKUBE, `${service}-cpu.csv`),
      memory: path.join(SPOTKUBE, `${service}-mem.csv`),
      coresPerUnit: 0.4,
      bytesPerUnit: 1e9,
    });

    it('of auth show an overloaded replica at about 17 requests/s', async () => {
      const outcome = await run({}, { ...options('auth'), cpuWindow: 300 });
      const rows = outcome.ok ? outcome.value.performance.measured!.rows : [];
      expect(rows).toHaveLength(6);
      expect(parseFloat(rows.at(-1)!.rate)).toBeCloseTo(17.25, 1);
      expect(rows[0]!.memory).toBe('39Mi');
      expect(outcome.diagnostics.map((item) => item.code)).toEqual([
        'import-moments-skipped',
        'import-weak-fit',
      ]);
    });

    it('of prime are of different days in load and in CPU', async () => {
      const outcome = await run({}, options('prime'));
      expect(outcome.diagnostics.map((item) => item.code)).toEqual(['import-clocks-apart']);
    });
  },
);
