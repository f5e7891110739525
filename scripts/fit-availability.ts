/**
 * Fits the availability model that is shipped to the single-node availability traces of a folder of data.
 *
 *     node scripts/fit-availability.ts [DIR]
 *
 * DIR holds `spot/skypilot-spot-traces.csv.gz` (default `../shared/data`). Writes `src/spot/model/shipped-model.json`; about 5 CPU seconds.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fitAvailabilityModel, readAvailabilityTraces } from '../src/spot/index.ts';

const SEED = 1;
const file = path.join(process.argv[2] ?? '../shared/data', 'spot', 'skypilot-spot-traces.csv.gz');
const read = readAvailabilityTraces(gunzipSync(readFileSync(file)).toString('utf8'), { fileName: file });
if (!read.ok) throw new Error(read.diagnostics.map(({ summary }) => summary).join('\n'));
const traces = read.value.filter(({ kind, mostNodes }) => kind === 'probe' && mostNodes === 1);
const model = fitAvailabilityModel(traces, { seed: SEED });
const rounded = (values: Float64Array): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(6)));
const document = {
  ...model,
  transition: rounded(model.transition),
  occupancy: rounded(model.occupancy),
  provenance: {
    evidence: 'measured',
    source:
      'single-node availability traces of skypilot-org/spot-traces 221da1ab9b, fitted by scripts/fit-availability.ts',
    date: '2023-02-15',
  },
};
writeFileSync('src/spot/model/shipped-model.json', `${JSON.stringify(document, null, 2)}\n`);
