import { parseSize } from './parse.ts';
import type { Parsed, SizeText } from './parse.ts';
import { bytes } from './quantities.ts';
import type { Bytes } from './quantities.ts';

/** CPU as Kubernetes writes it: `250m` is a quarter of a core, `2` is two cores. */
export type CpuText = `${number}${'' | 'm'}`;
/** Memory as Kubernetes writes it (`512Mi`, `1Gi`, `64M`, bytes without a suffix), or with the unit in full (`512MiB`). */
export type MemoryText =
  `${number}${'' | 'k' | 'M' | 'G' | 'T' | 'P' | 'Ki' | 'Mi' | 'Gi' | 'Ti' | 'Pi'}` | SizeText;

/** Suffixes of a Kubernetes `Quantity` that occur with CPU and with memory (Kubernetes API reference, 2025). */
const CPU_SUFFIXES: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1 };
const MEMORY_SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Reads CPU in millicores: `250m` gives 250, `0.5` gives 500, `2` gives 2000. */
export function parseCpu(text: unknown): Parsed<number> {
  const cores = amountOf(text, CPU_SUFFIXES);
  return cores === undefined
    ? { ok: false, expected: 'CPU such as "250m" (a quarter of a core) or "2" (cores)' }
    : { ok: true, value: Number((cores * 1000).toPrecision(15)) };
}

/** Reads memory in bytes: Kubernetes suffixes (`512Mi`, `64M`, bytes without one) and sizes with the unit in full (`512MiB`). */
export function parseMemory(text: unknown): Parsed<Bytes> {
  const amount = amountOf(text, MEMORY_SUFFIXES);
  if (amount !== undefined) return { ok: true, value: bytes(amount) };
  const size = parseSize(text);
  return size.ok ? size : { ok: false, expected: 'memory such as "512Mi" or "1.5Gi"' };
}

function amountOf(text: unknown, suffixes: Readonly<Record<string, number>>): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)\s*$/.exec(text);
  const suffix = match?.[2] ?? '';
  const scale = Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : undefined;
  const value = match === null || scale === undefined ? NaN : Number(match[1]) * scale;
  return Number.isFinite(value) ? value : undefined;
}
