import path from 'node:path';
import { failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import { renderHtml } from '../../report/index.ts';
import type { ReportDocument } from '../../report/index.ts';
import { progress } from '../messages.ts';
import type { EngineHost } from '../messages.ts';
import { readPlan } from '../plan-folder.ts';
import { writeOutputFile } from '../write-output-file.ts';
import { composeReport } from './compose-report.ts';
import type { ReportOptions } from './report-options.ts';

/** Name of the page beside its plan. */
export const REPORT_FILE = 'report.html';

/** What is made of a plan. */
export interface ReportRequest extends ReportOptions {
  /** Where the page goes: into the folder of the plan, into a file relative to the working directory, or nowhere. */
  readonly page: 'beside' | 'unwritten' | 'none' | { readonly file: string };
}

/** A report and its page. */
export interface MadeReport {
  readonly document: ReportDocument;
  /** Absent where none was asked for. */
  readonly page?: {
    readonly html: string;
    /** Of its UTF-8 text. */
    readonly bytes: number;
    /** Path as people see it; absent where it was not written. */
    readonly file?: string;
  };
}

/**
 * Reads a plan (file, folder, name under `plans/`), composes its report and makes the page, replacing an earlier one whole.
 * Errors: those of `readPlan` and `composeReport`, `plan-write-failed`.
 */
export async function makeReport(
  target: string,
  { page, ...options }: ReportRequest,
  host: EngineHost,
): Promise<Outcome<MadeReport>> {
  const stored = await readPlan(target, host);
  if (!stored.ok) return stored;
  const composed = await composeReport(stored.value, options, host);
  const diagnostics = [...stored.diagnostics, ...composed.diagnostics];
  if (!composed.ok) return failure(...diagnostics);
  const document = composed.value;
  if (page === 'none') return success({ document }, diagnostics);
  progress(host, 'report', 'drawing');
  const html = renderHtml(document);
  const drawn = { html, bytes: Buffer.byteLength(html) };
  if (page === 'unwritten') return success({ document, page: drawn }, diagnostics);
  const file = page === 'beside' ? path.join(stored.value.folder, REPORT_FILE) : page.file;
  const written = await writeOutputFile(file, html, host);
  return written.ok
    ? success({ document, page: { ...drawn, file: written.value } }, [...diagnostics, ...written.diagnostics])
    : failure(...diagnostics, ...written.diagnostics);
}
