import type { SpotDocument } from './problem-document.ts';
import { listOf, mapOf, objectOf, text } from './problem-schema-builders.ts';

/** Schema of the `spot` field of a problem. */
export const SPOT_SCHEMA = objectOf<SpotDocument>({
  title: 'Spot records',
  description:
    'Observed availability and prices of spot capacity. Default: interruption bands and prices of the catalogue alone.',
  required: {},
  optional: {
    availability: listOf(
      text('Path relative to the stack; .gz is decompressed.', ['./spot-traces.csv.gz']),
      'Files of availability traces (CSV). Default: none.',
      { uniqueItems: true },
    ),
    prices: listOf(
      text('Path relative to the stack; .gz is decompressed.', ['./spot-prices.csv.gz']),
      'Files of price histories (CSV). Default: none.',
      { uniqueItems: true },
    ),
    map: mapOf(
      text('Offering, or <pool>/<zone>.', ['h100/us-east-1a']),
      'What each trace tells of, by its id or zone. Default: zone and instance type decide.',
    ),
  },
});
