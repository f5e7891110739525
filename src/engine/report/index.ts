export { composeReport } from './compose-report.ts';
export { REPORT_FILE, makeReport } from './make-report.ts';
export type { MadeReport, ReportRequest } from './make-report.ts';
export { MOST_SIMULATED } from './report-options.ts';
export type { ReportOptions } from './report-options.ts';
export { writableReport } from './writable-report.ts';
