import path from 'node:path';
import { readOpenCost } from '../../apply/index.ts';
import type { OpenCostReport, PlannedWorkload } from '../../apply/index.ts';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { displayPath, readTextFile } from '../files.ts';
import type { EngineHost } from '../messages.ts';
import { webSource } from './measured-address.ts';
import { askJson, measurementDiagnostic } from './measured-web.ts';

/** Where costs are read from. */
export interface OpenCostChoice {
  /** An export in JSON, or the address of an OpenCost. */
  readonly from: string;
  readonly tokenFile?: string;
  /** Hours to ask an OpenCost for. */
  readonly hours: number;
}

/** Costs and where they are from, for people. */
export interface ReadCosts {
  readonly report: OpenCostReport;
  readonly shown: string;
}

/** Reads allocations of costs from a file or an OpenCost. Errors: `engine-file-*`, `apply-opencost-layout`, those of `webSource`. */
export async function readCosts(
  choice: OpenCostChoice,
  planned: readonly PlannedWorkload[],
  host: EngineHost,
): Promise<Outcome<ReadCosts>> {
  const read = /^https?:/i.test(choice.from) ? await fromWeb(choice, host) : await fromFile(choice, host);
  if (!read.ok) return read;
  const { value, shown } = read.value;
  const report = readOpenCost(value, planned);
  if (report !== undefined) return success({ report, shown }, read.diagnostics);
  return failure(
    diagnostic('apply-opencost-layout', {
      summary: `${shown} holds no allocations of OpenCost that cover any time.`,
      fix: 'Export them with `curl "http://localhost:9003/allocation?window=7d&aggregate=pod&includeIdle=true"`.',
    }),
  );
}

interface ReadValue {
  readonly value: unknown;
  readonly shown: string;
}

async function fromFile({ from }: OpenCostChoice, host: EngineHost): Promise<Outcome<ReadValue>> {
  const file = path.resolve(host.workingDirectory, from);
  const shown = displayPath(file, host.workingDirectory);
  const text = await readTextFile(file, shown);
  if (!text.ok) return text;
  try {
    return success({ value: JSON.parse(text.value) as unknown, shown });
  } catch {
    return success({ value: undefined, shown });
  }
}

async function fromWeb(choice: OpenCostChoice, host: EngineHost): Promise<Outcome<ReadValue>> {
  const source = await webSource(
    {
      name: 'OpenCost',
      url: choice.from,
      tokenVariable: 'PLIMSOLL_OPENCOST_TOKEN',
      ...(choice.tokenFile === undefined ? {} : { tokenFile: choice.tokenFile }),
    },
    host,
  );
  if (!source.ok) return source;
  const isWhole = /\/allocation(\/compute)?$/.test(source.value.url.pathname);
  const asked = { window: `${String(choice.hours)}h`, aggregate: 'pod', includeIdle: 'true' };
  // An address with its own parameters keeps them.
  const own = Object.fromEntries(source.value.url.searchParams);
  try {
    const value = await askJson(source.value, {
      path: isWhole ? '' : '/allocation',
      parameters: { ...asked, ...own },
    });
    return success({ value, shown: source.value.shown }, source.diagnostics);
  } catch (error) {
    return failure(measurementDiagnostic(error));
  }
}
