import type { LengthColumns } from '../../traffic/index.ts';

/** Requests of a range of lengths: what a router can tell apart. */
export interface RequestClass {
  /** `1001-2000` input tokens; with output lengths `1001-2000/101-250`. */
  readonly id: string;
  /** Input tokens from and to, both included. */
  readonly input: readonly [from: number, to: number];
  /** Share of all requests, 0..1. */
  readonly share: number;
  readonly lengths: LengthColumns;
  /** Most tokens of input and output of one request. */
  readonly longest: number;
}

/**
 * Upper ends of the ranges of input lengths, tokens: those named in the README of Mélange (tyler-griggs/melange-release, read 2026-11-21: 25,
 * 100, 250), continued at the same pace (*assumed*).
 */
export const INPUT_EDGES: readonly number[] = [
  25, 100, 250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 131_072,
];
/** The same of output lengths. */
export const OUTPUT_EDGES: readonly number[] = [25, 100, 250, 500, 1000, 2000];

/**
 * The classes that requests fall into, by input and then output, without empty ones; requests longer than the last edge are in the last class.
 * Without output edges classes hold all outputs of their inputs: a router sees prompts, not how long answers will be.
 */
export function classesOf(
  requests: LengthColumns,
  edges: { readonly input: readonly number[]; readonly output?: readonly number[] },
): readonly RequestClass[] {
  const { isl, osl } = requests;
  const members = new Map<number, number[]>();
  const outputs = edges.output?.length ?? 1;
  for (let i = 0; i < isl.length; i++) {
    const o = edges.output === undefined ? 0 : rangeOf(osl[i] ?? 1, edges.output);
    const key = rangeOf(isl[i] ?? 1, edges.input) * outputs + o;
    const known = members.get(key);
    if (known === undefined) members.set(key, [i]);
    else known.push(i);
  }
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([key, indices]) => {
      const lengths = pick(requests, indices);
      const input = spanOf(Math.floor(key / outputs), edges.input, lengths.isl);
      const output =
        edges.output === undefined ? '' : `/${spanOf(key % outputs, edges.output, lengths.osl).join('-')}`;
      return {
        id: `${input.join('-')}${output}`,
        input,
        share: indices.length / isl.length,
        lengths,
        longest: lengths.isl.reduce((most, value, i) => Math.max(most, value + (lengths.osl[i] ?? 0)), 1),
      };
    });
}

/** The index of the range that a length falls into. */
function rangeOf(length: number, edges: readonly number[]): number {
  const index = edges.findIndex((edge) => length <= edge);
  return index === -1 ? edges.length - 1 : index;
}

function spanOf(index: number, edges: readonly number[], lengths: Int32Array): readonly [number, number] {
  const last = index === edges.length - 1 ? lengths.reduce((most, value) => Math.max(most, value), 0) : 0;
  return [(edges[index - 1] ?? 0) + 1, Math.max(edges[index] ?? 0, last)];
}

function pick({ isl, osl, cachedTokens }: LengthColumns, indices: readonly number[]): LengthColumns {
  const of = (column: Int32Array): Int32Array => Int32Array.from(indices, (i) => column[i] ?? 0);
  return { isl: of(isl), osl: of(osl), cachedTokens: of(cachedTokens) };
}

/** Requests drawn evenly from each class so that classes come in proportion to `weights` (≥ 0, not all 0), `count` or a few fewer or more. */
export function mixedLengths(
  classes: readonly RequestClass[],
  weights: ArrayLike<number>,
  count: number,
): LengthColumns {
  const total = classes.reduce((sum, _, c) => sum + (weights[c] ?? 0), 0);
  const columns: { isl: number[]; osl: number[]; cachedTokens: number[] } = {
    isl: [],
    osl: [],
    cachedTokens: [],
  };
  for (const [c, { lengths }] of classes.entries()) {
    const weight = weights[c] ?? 0;
    if (weight <= 0) continue;
    const size = lengths.isl.length;
    const drawn = Math.max(1, Math.round((count * weight) / total));
    for (let k = 0; k < drawn; k++) {
      const i = Math.floor(((k + 0.5) * size) / drawn);
      columns.isl.push(lengths.isl[i] ?? 1);
      columns.osl.push(lengths.osl[i] ?? 1);
      columns.cachedTokens.push(lengths.cachedTokens[i] ?? 0);
    }
  }
  return {
    isl: Int32Array.from(columns.isl),
    osl: Int32Array.from(columns.osl),
    cachedTokens: Int32Array.from(columns.cachedTokens),
  };
}
