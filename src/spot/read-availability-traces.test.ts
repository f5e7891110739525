import { describe, expect, it } from 'vitest';
import { nodesAvailableAt, readAvailabilityTraces } from './index.ts';
import type { AvailabilityTrace, ReadAvailabilityOptions } from './index.ts';

const HEADER =
  'kind,nodes_requested,campaign,zone_and_type,gap_seconds,start_tick,run_length_ticks,available_nodes';
const coded = (...rows: readonly string[]): string => [HEADER, ...rows].join('\n');

function read(text: string, options: Partial<ReadAvailabilityOptions> = {}): readonly AvailabilityTrace[] {
  const outcome = readAvailabilityTraces(text, { fileName: 'traces.csv', ...options });
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ summary }) => summary).join('\n'));
  return outcome.value;
}

function codes(text: string, options: Partial<ReadAvailabilityOptions> = {}): readonly string[] {
  return readAvailabilityTraces(text, { fileName: 'traces.csv', ...options }).diagnostics.map(
    ({ code }) => code,
  );
}

describe('the run-length coded layout', () => {
  it('becomes one trace per offering with its kind, campaign and date', () => {
    const traces = read(
      coded(
        'availability,1,aws-02-15-2023,us-west-2b_v100_1,195,0,4,1',
        'availability,1,aws-02-15-2023,us-west-2b_v100_1,195,4,2,0',
        'preemption,4,aws-08-03-2023,us-west-2c_v100_1,300,0,9,3',
      ),
    );
    expect(traces).toMatchObject([
      {
        id: 'aws-02-15-2023/us-west-2b_v100_1',
        zone: 'us-west-2b',
        instanceType: 'v100_1',
        kind: 'probe',
        ticks: 6,
      },
      { id: 'aws-08-03-2023/4/us-west-2c_v100_1', kind: 'held', mostNodes: 4, tickSeconds: 300, ticks: 9 },
    ]);
    expect(traces[0]?.provenance).toEqual({ evidence: 'measured', source: 'traces.csv', date: '2023-02-15' });
    expect([...(traces[0]?.runStart ?? [])]).toEqual([0, 4]);
  });

  it('takes runs in any order and joins neighbours with the same nodes', () => {
    const [trace] = read(
      coded(
        'availability,1,c,z_t,60,5,2,1',
        'availability,1,c,z_t,60,0,3,0',
        'availability,1,c,z_t,60,3,2,1',
      ),
    );
    expect([[...(trace?.runStart ?? [])], [...(trace?.runNodes ?? [])]]).toEqual([
      [0, 3],
      [0, 1],
    ]);
  });

  it('counts missing ticks as time without capacity and names them', () => {
    const text = coded('availability,1,c,z_t,60,0,3,1', 'availability,1,c,z_t,60,7,3,1');
    expect(codes(text)).toEqual(['spot-trace-gap']);
    const [trace] = read(text);
    if (trace === undefined) throw new Error('no trace');
    expect([2, 3, 6, 7].map((tick) => nodesAvailableAt(trace, tick * 60))).toEqual([1, 0, 0, 1]);
    const outcome = readAvailabilityTraces(text, { fileName: 'traces.csv' });
    expect(outcome.diagnostics[0]?.summary).toContain('4 of 10 ticks: 3 to 6');
  });

  it('is refused with gaps where that is asked for', () => {
    const text = coded('availability,1,c,z_t,60,2,3,1');
    const outcome = readAvailabilityTraces(text, { fileName: 'traces.csv', onGap: 'refuse' });
    expect([outcome.ok, outcome.diagnostics[0]?.severity]).toEqual([false, 'error']);
  });

  it.each([
    [
      'overlapping runs',
      ['availability,1,c,z_t,60,0,3,1', 'availability,1,c,z_t,60,2,3,0'],
      'spot-trace-overlap',
    ],
    ['a negative run', ['availability,1,c,z_t,60,0,-3,1'], 'spot-trace-row'],
    ['a run of length zero', ['availability,1,c,z_t,60,0,0,1'], 'spot-trace-row'],
    ['a start beyond 32 bits', ['availability,1,c,z_t,60,99999999999,1,1'], 'spot-trace-row'],
    ['more nodes than asked for', ['availability,1,c,z_t,60,0,3,2'], 'spot-trace-row'],
    ['an unknown kind', ['guess,1,c,z_t,60,0,3,1'], 'spot-trace-row'],
    ['a tick of zero', ['availability,1,c,z_t,0,0,3,1'], 'spot-trace-row'],
    ['a short row', ['availability,1,c,z_t'], 'spot-trace-row'],
    [
      'two ticks in one trace',
      ['availability,1,c,z_t,60,0,3,1', 'availability,1,c,z_t,30,3,3,1'],
      'spot-trace-row',
    ],
  ])('is refused with %s', (_, rows, code) => {
    expect(codes(coded(...rows))).toContain(code);
    expect(readAvailabilityTraces(coded(...rows), { fileName: 'f' }).ok).toBe(false);
  });
});

describe('a file of samples', () => {
  it('finds the tick and lets all offerings share one clock', () => {
    const traces = read(
      ['time,zone,instanceType,nodes', '100,a,t,2', '160,a,t,0', '160,b,t,1', '220,a,t,3', '219,b,t,1'].join(
        '\n',
      ),
    );
    expect(traces).toMatchObject([
      { id: 'a_t', tickSeconds: 60, ticks: 3, mostNodes: 3, campaign: 'traces.csv' },
      { id: 'b_t', ticks: 3, mostNodes: 1 },
    ]);
    expect([...(traces[1]?.runNodes ?? [])]).toEqual([0, 1]);
  });

  it('reads dates as UTC', () => {
    const [trace] = read('timestamp,zone,type,nodes\n2024-01-01 00:00,a,t,1\n2024-01-01T00:05:00Z,a,t,0\n');
    expect([trace?.tickSeconds, trace?.ticks]).toEqual([300, 2]);
  });

  it('takes the smaller of two samples within a tick', () => {
    const [trace] = read('seconds,zone,type,nodes\n0,a,t,1\n60,a,t,1\n62,a,t,0\n120,a,t,1\n', {
      tickSeconds: 60,
    });
    expect([...(trace?.runNodes ?? [])]).toEqual([1, 0, 1]);
  });

  it('is refused when two rows tell of the same moment', () => {
    expect(codes('seconds,zone,type,nodes\n0,a,t,1\n60,a,t,1\n60,a,t,0\n')).toContain('spot-trace-overlap');
  });

  it('names the column that is nearly right', () => {
    const outcome = readAvailabilityTraces('seconds,zone,type,nodez\n0,a,t,1\n', { fileName: 'f.csv' });
    expect(outcome.diagnostics).toMatchObject([{ code: 'spot-trace-layout', fix: 'Did you mean "nodez"?' }]);
  });

  it('passes over columns that it does not know and says so', () => {
    expect(codes('seconds,zone,type,nodes,colour\n0,a,t,1,red\n60,a,t,1,red\n')).toEqual([
      'spot-trace-column',
    ]);
  });

  it.each(['', 'seconds,zone,type,nodes\n', HEADER])('is refused without rows', (text) => {
    expect(codes(text)).toEqual(['spot-trace-empty']);
  });

  it('is refused when nothing tells how far samples are apart', () => {
    expect(codes('seconds,zone,type,nodes\n0,a,t,1\n')).toContain('spot-trace-row');
  });
});
