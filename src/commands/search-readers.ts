import { closestName } from '../diagnostics/index.ts';
import { parseTokenEnergy, parseTokenPrice, parseTokenRate } from '../units/index.ts';
import type { Joules, MicroUsd, Parsed, TokensPerSecond } from '../units/index.ts';

/** Forms of the output on stdout. */
const OUTPUT_FORMS = ['text', 'markdown', 'json', 'yaml'] as const;

/** What `--output` says: the form on stdout, or the folder to write a plan to. */
export type SearchOutput = { readonly form: (typeof OUTPUT_FORMS)[number] } | { readonly folder: string };

/** A form, or a folder; a name that resembles a form is taken as misspelt, unless it is written as a path. */
export function readOutput(input: string): Parsed<SearchOutput> {
  const form = OUTPUT_FORMS.find((item) => item === input);
  if (form !== undefined) return { ok: true, value: { form } };
  const meant = /[\\/]/.test(input) ? undefined : closestName(input, OUTPUT_FORMS);
  if (meant === undefined && input.trim() !== '') return { ok: true, value: { folder: input } };
  const hint = meant === undefined ? '' : ` (${meant}, or ./${input} for a folder of that name)`;
  return { ok: false, expected: `one of ${OUTPUT_FORMS.join(', ')}, or a folder${hint}` };
}

/** A parser that refuses zero. */
export function positive<T extends number>(
  parse: (input: string) => Parsed<T>,
): (input: string) => Parsed<T> {
  return (input) => {
    const parsed = parse(input);
    return parsed.ok && parsed.value <= 0 ? { ok: false, expected: 'an amount above 0' } : parsed;
  };
}

/** A bare number stands in the unit. */
const inUnit = (input: string, unit: string): string =>
  /^\s*\d*\.?\d+\s*$/.test(input) ? `${input} ${unit}` : input;

/** A price of a million tokens; a bare number is in USD. */
export function readTokenPrice(input: string): Parsed<MicroUsd> {
  return parseTokenPrice(inUnit(input, 'USD/Mtoken'));
}

/** A rate of tokens; a bare number is per second. */
export function readTokenRate(input: string): Parsed<TokensPerSecond> {
  return parseTokenRate(inUnit(input, 'tokens/s'));
}

/** Energy of a token; a bare number is in joules. */
export function readTokenEnergy(input: string): Parsed<Joules> {
  return parseTokenEnergy(inUnit(input, 'J/token'));
}

/** A file whose name says the form of the chart. */
export function readChartFile(input: string): Parsed<string> {
  return /.\.(svg|html)$/.test(input)
    ? { ok: true, value: input }
    : { ok: false, expected: 'a file name that ends in .svg or .html' };
}
