import { describe, expect, it } from 'vitest';
import type { TraceFormat } from '../../model/index.ts';
import { readTrace } from '../read-trace.ts';
import { chunksOf } from '../testing/chunks.ts';
import type { TraceColumns } from '../trace.ts';
import { TRACE_READERS } from './registry.ts';

/**
 * How each format writes the same requests. `request` gives the line of one request; `broken` is a line after which reading
 * must fail; `headerWithoutOutput` a first line that lacks the output column.
 */
interface Case {
  readonly name: string;
  readonly format: Exclude<TraceFormat, 'auto'>;
  readonly columns?: TraceColumns;
  readonly header: string;
  request(arrivalSeconds: number, isl: number, osl: number): string;
  readonly broken: string;
  readonly firstLineWithoutOutput: string;
  readonly closest: string;
}

const seconds = (value: number): string => value.toFixed(3);
const isoDate = (value: number): string =>
  new Date(Date.UTC(2023, 10, 16, 18, 17) + value * 1e3).toISOString();

const CASES: readonly Case[] = [
  {
    name: 'azure-llm with seconds',
    format: 'azure-llm',
    header: 't_seconds,context_tokens,generated_tokens\n',
    request: (t, isl, osl) => `${seconds(t)},${isl},${osl}\n`,
    broken: '1.0,many,5\n',
    firstLineWithoutOutput: 't_seconds,context_tokens,generated_token\n',
    closest: 'generated_token',
  },
  {
    name: 'azure-llm with dates',
    format: 'azure-llm',
    header: 'TIMESTAMP,ContextTokens,GeneratedTokens\n',
    request: (t, isl, osl) => `${isoDate(t).replace('T', ' ').replace('Z', '0000')},${isl},${osl}\n`,
    broken: 'yesterday,4,5\n',
    firstLineWithoutOutput: 'TIMESTAMP,ContextTokens,GeneratedToken\n',
    closest: 'GeneratedToken',
  },
  {
    name: 'burstgpt',
    format: 'burstgpt',
    header: 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n',
    request: (t, isl, osl) => `${seconds(t)},ChatGPT,${isl},${osl},${isl + osl},Conversation log\n`,
    broken: '5,ChatGPT,4\n',
    firstLineWithoutOutput: 'Timestamp,Model,Request tokens,Respons tokens\n',
    closest: 'Respons tokens',
  },
  {
    name: 'mooncake',
    format: 'mooncake',
    header: '',
    request: (t, isl, osl) =>
      `${JSON.stringify({ timestamp: Math.round(t * 1e3), input_length: isl, output_length: osl, hash_ids: [] })}\n`,
    broken: '{"timestamp": 5000, "input_length": 4, "output_length": 5, "hash_ids": ["x"]}\n',
    firstLineWithoutOutput: '{"timestamp": 0, "input_length": 4, "output_len": 5, "hash_ids": []}\n',
    closest: 'output_len',
  },
  {
    name: 'csv with usual names',
    format: 'csv',
    header: 'id,arrival_time,input_tokens,output_tokens\n',
    request: (t, isl, osl) => `"a,b",${seconds(t)},"${isl}",${osl}.0\n`,
    broken: 'x,1.0,4,-5\n',
    firstLineWithoutOutput: 'id,arrival_time,input_tokens,outputtokns\n',
    closest: 'outputtokns',
  },
  {
    name: 'csv with stated columns in milliseconds',
    format: 'csv',
    columns: { arrival: 'when', isl: 'in', osl: 'out', arrivalUnit: 'milliseconds' },
    header: 'out;in;when\n',
    request: (t, isl, osl) => `${osl};${isl};${(t * 1e3).toFixed(0)}\n`,
    broken: '5;4.5;1000\n',
    firstLineWithoutOutput: 'outt;in;when\n',
    closest: 'outt',
  },
  {
    name: 'jsonl with dates',
    format: 'jsonl',
    header: '',
    request: (t, isl, osl) =>
      `${JSON.stringify({ time: isoDate(t), prompt_tokens: isl, completion_tokens: osl })}\n`,
    broken: '{"time": "2023-11-16T18:18:00Z", "prompt_tokens": 4\n',
    firstLineWithoutOutput: '{"time": "2023-11-16T18:17:00Z", "prompt_tokens": 4, "compl_tokens": 5}\n',
    closest: 'compl_tokens',
  },
];

const read = (item: Case, text: string, format: TraceFormat = item.format) =>
  readTrace(chunksOf(text, 11), {
    fileName: 'trace',
    format,
    ...(item.columns === undefined ? {} : { columns: item.columns }),
  });

describe('the conformance suite', () => {
  it('has a case for every registered reader', () => {
    const covered = new Set(CASES.map((item) => item.format));
    expect(TRACE_READERS.map((reader) => reader.format).filter((format) => !covered.has(format))).toEqual([]);
  });
});

describe.each(CASES)('$name', (item) => {
  const rows: readonly (readonly [number, number, number])[] = [
    [0, 374, 44],
    [4.315, 396, 109],
    [4.315, 1, 1],
    [86_400.5, 100_000, 2000],
  ];
  const text = item.header + rows.map((row) => item.request(...row)).join('');

  it('reads arrivals in seconds from the first one, and lengths in tokens', async () => {
    const trace = await read(item, text);
    expect(trace.diagnostics).toEqual([]);
    if (!trace.ok) return;
    expect([...trace.value.isl]).toEqual(rows.map((row) => row[1]));
    expect([...trace.value.osl]).toEqual(rows.map((row) => row[2]));
    expect([...trace.value.cachedTokens]).toEqual([0, 0, 0, 0]);
    rows.forEach((row, i) => expect(trace.value.arrival[i]).toBeCloseTo(row[0], 3));
  });

  it('is recognised by its first line', async () => {
    const trace = await read(item, text, 'auto');
    expect(trace.ok && trace.value.isl.length).toBe(rows.length);
  });

  it('reads the same with CRLF line ends, a byte order mark, blank lines and no last line end', async () => {
    const plain = await read(item, text);
    const odd = `\uFEFF${text.replaceAll('\n', '\r\n\r\n').trimEnd()}`;
    expect(await read(item, odd)).toEqual(plain);
  });

  it('rebases the first arrival to 0', async () => {
    const later = item.header + rows.map(([t, isl, osl]) => item.request(t + 1000, isl, osl)).join('');
    const trace = await read(item, later);
    expect(trace.ok && trace.value.arrival[1]).toBeCloseTo(4.315, 3);
  });

  it('sorts arrivals that go backward, stably, and warns', async () => {
    const shuffled = [item.request(5, 50, 5), item.request(3, 30, 3), item.request(3, 31, 3)].join('');
    const trace = await read(item, item.header + shuffled);
    expect(trace.diagnostics.map((found) => found.code)).toEqual(['traffic-out-of-order']);
    expect(trace.ok && [...trace.value.isl]).toEqual([30, 31, 50]);
    expect(trace.ok && trace.value.arrival[2]).toBeCloseTo(2, 6);
  });

  it('leaves requests without output out and counts them', async () => {
    const trace = await read(item, text + item.request(90_000, 7, 0));
    expect(trace.ok && trace.value.isl.length).toBe(rows.length);
    expect(trace.diagnostics.map((found) => [found.code, found.severity])).toEqual([
      ['traffic-failed-requests', 'note'],
    ]);
  });

  it('names file and line of a broken line', async () => {
    const trace = await read(item, text + item.broken);
    expect(trace.ok).toBe(false);
    expect(trace.diagnostics.map((found) => found.code)).toEqual(['traffic-broken-line']);
    const line = rows.length + 1 + (item.header === '' ? 0 : 1);
    expect(trace.diagnostics[0]?.source).toEqual({ file: 'trace', line });
    expect(trace.diagnostics[0]?.summary).toContain('expected');
  });

  it('offers the closest name for a missing column', async () => {
    const trace = await read(item, item.firstLineWithoutOutput + item.request(1, 2, 3));
    expect(trace.diagnostics.map((found) => found.code)).toEqual(['traffic-missing-column']);
    expect(trace.diagnostics[0]?.fix).toBe(`Did you mean "${item.closest}"?`);
  });

  it('says so when there is no request at all', async () => {
    const codes = (await read(item, item.header)).diagnostics.map((found) => found.code);
    expect(codes).toEqual(['traffic-empty']);
  });
});
