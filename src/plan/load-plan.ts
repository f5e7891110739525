import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { PLAN_FORMAT_VERSION } from '../model/index.ts';
import type { PlanDocument } from '../model/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { PLAN_SCHEMA } from './plan-schema.ts';
import { readableDecision, writablePlan } from './unlimited-rates.ts';

let validator: ValidateFunction | undefined;

/** The bytes of a plan file. Equal plans have equal bytes. */
export function serializePlan(plan: PlanDocument): string {
  return canonicalJson(writablePlan(plan));
}

/**
 * Reads a plan file.
 * @param file name shown in diagnostics
 * Errors: `engine-file-invalid` (not JSON), `plan-unsupported-version`, `plan-invalid` (not a plan at all, or
 * each schema violation, ten at most).
 */
export function parsePlan(source: string, file: string): Outcome<PlanDocument> {
  const document = parseJson(source);
  if (document === undefined) {
    return failure(
      diagnostic('engine-file-invalid', {
        summary: `${file} is not valid JSON.`,
        source: { file },
        fix: 'Restore the file from version control, or write it again with `plimsoll plan`.',
      }),
    );
  }
  if (!isMarked(document)) {
    return failure(
      diagnostic('plan-invalid', {
        summary: `${file} is no plan: it has no formatVersion.`,
        source: { file },
        fix: 'Name a plan.json that `plimsoll plan` has written, or its folder.',
      }),
    );
  }
  const version = versionOf(document);
  if (version !== undefined && major(version) !== major(PLAN_FORMAT_VERSION)) {
    return failure(
      diagnostic('plan-unsupported-version', {
        summary: `${file} has plan format ${version}; this program reads format ${major(PLAN_FORMAT_VERSION)}.x.`,
        path: 'formatVersion',
        source: { file },
        fix: 'Run `plimsoll plan` with this version, or use the version that wrote the plan.',
      }),
    );
  }
  validator ??= new Ajv({ allErrors: true, strict: false }).compile(PLAN_SCHEMA);
  if (!validator(document)) return failure(...violations(validator.errors ?? [], file));
  const plan = document as unknown as PlanDocument;
  return success({ ...plan, decision: readableDecision(plan.decision) });
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether a document says of itself that it is a plan. */
function isMarked(document: unknown): document is { readonly formatVersion: unknown } {
  return typeof document === 'object' && document !== null && 'formatVersion' in document;
}

function versionOf({ formatVersion: version }: { readonly formatVersion: unknown }): string | undefined {
  return typeof version === 'string' && /^\d+\.\d+$/.test(version) ? version : undefined;
}

function major(version: string): string {
  return version.split('.')[0] ?? '';
}

function violations(errors: readonly ErrorObject[], file: string): Diagnostic[] {
  return errors.slice(0, 10).map((error) =>
    diagnostic('plan-invalid', {
      summary: `${file}${error.instancePath === '' ? '' : ` at ${error.instancePath}`} ${error.message ?? 'is invalid'}.`,
      path: error.instancePath,
      source: { file },
      fix: 'Plans are written by `plimsoll plan` and not edited by hand; plan again.',
    }),
  );
}
