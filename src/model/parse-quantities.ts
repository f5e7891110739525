import {
  parseBandwidth,
  parseCpu,
  parseDuration,
  parseHourlyUsd,
  parseMemory,
  parseMonthlyUsd,
  parsePercent,
  parseRate,
  parseSize,
  parseTokenEnergy,
  parseTokenPrice,
  parseTokenRate,
} from '../units/index.ts';
import type { Parsed } from '../units/index.ts';
import type { JsonSchema } from './problem-schema-builders.ts';

/** One kind of quantity that documents hold as text with a unit. */
interface QuantityKind<T extends number> {
  /** Title of its schema, by which errors and normalisation recognise the fields that hold it. */
  readonly title: string;
  readonly parse: (text: unknown) => Parsed<T>;
  /** The canonical text of a value. */
  readonly print: (value: number) => string;
  readonly units: readonly string[];
  readonly example: string;
}

const kind = <T extends number>(facts: QuantityKind<T>): QuantityKind<T> => facts;

/** Every kind of quantity in a problem document. */
export const QUANTITIES = {
  duration: kind({
    title: 'Duration',
    parse: parseDuration,
    print: (value) => `${value}s`,
    units: ['us', 'ms', 's', 'min', 'h', 'd'],
    example: '1.5s',
  }),
  size: kind({
    title: 'Size',
    parse: parseSize,
    print: (value) => `${value}B`,
    units: ['B', 'KB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'TiB'],
    example: '80GiB',
  }),
  cpu: kind({
    title: 'CPU',
    parse: parseCpu,
    print: (value) => `${value}m`,
    units: ['m', '', 'u', 'n'],
    example: '250m',
  }),
  memory: kind({
    title: 'Memory',
    parse: parseMemory,
    print: (value) => (value % 2 ** 20 === 0 ? `${value / 2 ** 20}Mi` : `${value}`),
    units: [
      'Ki',
      'Mi',
      'Gi',
      'Ti',
      'Pi',
      'm',
      'k',
      'M',
      'G',
      'T',
      'P',
      'B',
      'KB',
      'MB',
      'GB',
      'TB',
      'KiB',
      'MiB',
      'GiB',
      'TiB',
      '',
    ],
    example: '512Mi',
  }),
  rate: kind({
    title: 'Request rate',
    parse: parseRate,
    print: (value) => `${value}/s`,
    units: ['/s', '/min', '/h'],
    example: '12/s',
  }),
  percent: kind({
    title: 'Percentage',
    parse: parsePercent,
    print: (value) => `${Number((value * 100).toPrecision(12))}%`,
    units: ['%'],
    example: '99.9%',
  }),
  monthlyUsd: kind({
    title: 'Monthly amount',
    parse: parseMonthlyUsd,
    print: (value) => `${value / 1e6} USD/month`,
    units: ['USD/month', 'USD/hour'],
    example: '90000 USD/month',
  }),
  hourlyUsd: kind({
    title: 'Hourly price',
    parse: parseHourlyUsd,
    print: (value) => `${value / 1e6} USD/hour`,
    units: ['USD/hour', 'USD/h'],
    example: '55.04 USD/hour',
  }),
  bandwidth: kind({
    title: 'Bandwidth',
    parse: parseBandwidth,
    print: (value) => `${Number((value / 1e9).toPrecision(15))}GB/s`,
    units: ['Gbit/s', 'Mbit/s', 'GB/s', 'MB/s'],
    example: '400Gbit/s',
  }),
  tokenPrice: kind({
    title: 'Price of tokens',
    parse: parseTokenPrice,
    print: (value) => `${value / 1e6} USD/Mtoken`,
    units: ['USD/Mtoken'],
    example: '2 USD/Mtoken',
  }),
  tokenRate: kind({
    title: 'Token rate',
    parse: parseTokenRate,
    print: (value) => `${value} tokens/s`,
    units: ['tokens/s'],
    example: '400 tokens/s',
  }),
  tokenEnergy: kind({
    title: 'Energy per token',
    parse: parseTokenEnergy,
    print: (value) => `${value} J/token`,
    units: ['J/token'],
    example: '3 J/token',
  }),
} as const;

/** The name of a kind of quantity. */
export type QuantityName = keyof typeof QUANTITIES;

type ValueOf<N extends QuantityName> = (typeof QUANTITIES)[N] extends QuantityKind<infer T> ? T : never;

/** The schema of a quantity text; the description says what it means at this place. */
export function quantity(name: QuantityName, description: string, fallback?: string): JsonSchema {
  const { title, units, example } = QUANTITIES[name];
  return {
    title,
    type: 'string',
    description: `${description} A number and a unit: ${unitWords(units)}.`,
    pattern: `^\\s*[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?\\s*(${units.join('|')})\\s*$`,
    examples: [example],
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

function unitWords(units: readonly string[]): string {
  const named = units.filter((unit) => unit !== '').join(', ');
  return units.includes('') ? `${named}, or none` : named;
}

/** The kind of quantity that a schema with this title describes; undefined when it describes none. */
export function quantityOfTitle(title: string | undefined): QuantityName | undefined {
  const names = Object.keys(QUANTITIES) as QuantityName[];
  return names.find((name) => QUANTITIES[name].title === title);
}

/**
 * The value of a quantity text, rounded to 15 significant digits so that equal quantities written in different
 * units give the same number (`1.1ms` and `0.0011s`); undefined when the text is absent or has another unit.
 */
export function tryRead<N extends QuantityName>(name: N, text: unknown): ValueOf<N> | undefined {
  const parsed = QUANTITIES[name].parse(text);
  return parsed.ok ? (Number(parsed.value.toPrecision(15)) as ValueOf<N>) : undefined;
}

/** The value of a quantity text in a document that has been validated; throws for any other, which is a bug. */
export function read<N extends QuantityName>(name: N, text: string): ValueOf<N> {
  const value = tryRead(name, text);
  if (value === undefined) throw new Error(`"${text}" passed validation but is no ${name}`);
  return value;
}

/** The one text for a quantity however it was written: `720/min` gives `12/s`; unreadable texts stay as they are. */
export function canonicalText(name: QuantityName, text: string): string {
  const value = tryRead(name, text);
  return value === undefined ? text : QUANTITIES[name].print(value);
}
