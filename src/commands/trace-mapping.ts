import type { TraceMapping } from '../engine/index.ts';
import type { Parsed } from '../units/index.ts';

/** Reads `us-west-2a=h100/us-east-1a`: an availability trace and the offering that it stands for. */
export function readTraceMapping(input: string): Parsed<TraceMapping> {
  const [trace = '', offering = '', ...rest] = input.split('=').map((part) => part.trim());
  return trace !== '' && offering !== '' && rest.length === 0
    ? { ok: true, value: { trace, offering } }
    : { ok: false, expected: 'a trace and an offering such as "us-west-2a=h100/us-east-1a"' };
}
