/**
 * Writes the shipped traffic profiles (src/traffic/profiles/*.json) from public traces. Repeatable: the same files give the
 * same bytes. Usage: `npx node scripts/fit-profiles.ts --data DIR [--out DIR]`, where DIR/llm holds the files of `SOURCES`.
 */
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import type { ArrivalProfile, Provenance, TraceFormat } from '../src/model/index.ts';
import { fitProfile, profileStatistics, readTrace } from '../src/traffic/index.ts';
import type { TraceColumns } from '../src/traffic/index.ts';

interface Source {
  readonly name: string;
  readonly file: string;
  readonly format: TraceFormat;
  readonly columns?: TraceColumns;
  readonly provenance: Provenance;
}

const LENGTHS_ONLY: TraceColumns = { arrival: null };

const SOURCES: readonly Source[] = [
  {
    name: 'azure-llm-2023-conversation',
    file: 'azure-llm-2023-conv.csv.gz',
    format: 'azure-llm',
    provenance: {
      evidence: 'fitted',
      source:
        'Azure LLM inference trace 2023, conversation (Azure/AzurePublicDataset b469a113ce, CC-BY 4.0), first half of about 58 minutes',
      date: '2023-11-16',
    },
  },
  {
    name: 'azure-llm-2023-code',
    file: 'azure-llm-2023-code.csv.gz',
    format: 'azure-llm',
    provenance: {
      evidence: 'fitted',
      source:
        'Azure LLM inference trace 2023, code (Azure/AzurePublicDataset b469a113ce, CC-BY 4.0), first half of about 57 minutes',
      date: '2023-11-16',
    },
  },
  {
    name: 'mooncake-conversation',
    file: 'mooncake-conversation.jsonl.gz',
    format: 'mooncake',
    provenance: {
      evidence: 'fitted',
      source:
        "Mooncake conversation trace (kvcache-ai/Mooncake 3b5a594133, FAST'25 release, Apache-2.0), first half of about 59 minutes; stamps are quantised to 3 s, so burstiness below that is assumed Poisson",
      date: '2025-02-25',
    },
  },
  {
    name: 'mooncake-synthetic',
    file: 'mooncake-synthetic.jsonl.gz',
    format: 'mooncake',
    provenance: {
      evidence: 'fitted',
      source:
        "Mooncake synthetic trace (kvcache-ai/Mooncake 3b5a594133, FAST'25 release, Apache-2.0), first half in time",
      date: '2025-02-25',
    },
  },
  {
    name: 'sharegpt',
    file: 'lengths-sharegpt.csv.gz',
    format: 'csv',
    columns: LENGTHS_ONLY,
    provenance: {
      evidence: 'fitted',
      source:
        'ShareGPT prompt and output lengths (AKafakA/vidur_opt_scheduler 20bdc49d6c, MIT), every second row; no arrival times: 1 request/s and Poisson arrivals (CV 1) are assumed',
    },
  },
  {
    name: 'arxiv-summarization',
    file: 'lengths-arxiv-summarization.csv.gz',
    format: 'csv',
    columns: LENGTHS_ONLY,
    provenance: {
      evidence: 'fitted',
      source:
        'arXiv summarization prompt and output lengths, Llama-2 tokenizer (microsoft/vidur 7d47513363, MIT), every second row; no arrival times: 1 request/s and Poisson arrivals (CV 1) are assumed',
    },
  },
];

async function fit(source: Source, directory: string): Promise<ArrivalProfile> {
  const { name, file, format, columns, provenance } = source;
  const bytes = createReadStream(path.join(directory, 'llm', file)).pipe(createGunzip());
  const trace = await readTrace(bytes, {
    fileName: file,
    format,
    ...(columns === undefined ? {} : { columns }),
  });
  const profile = trace.ok ? fitProfile(trace.value, { name, provenance }) : trace;
  for (const item of profile.diagnostics) console.error(`${item.severity} ${item.code}: ${item.summary}`);
  if (!profile.ok) throw new Error(`${file} gives no profile.`);
  return profile.value;
}

/** JSON with one field of the profile per line: small, and a change is easy to see. */
function compactJson(profile: ArrivalProfile): string {
  const fields = Object.entries(profile).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${fields.join(',\n')}\n}\n`;
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    out: { type: 'string', default: path.resolve(import.meta.dirname, '../src/traffic/profiles') },
  },
});
mkdirSync(values.out, { recursive: true });
for (const source of SOURCES) {
  const profile = await fit(source, values.data);
  const text = compactJson(profile);
  writeFileSync(path.join(values.out, `${source.name}.json`), text);
  console.log(
    JSON.stringify({
      name: source.name,
      bytes: text.length,
      ...profile.arrivals,
      ...profileStatistics(profile),
    }),
  );
}
