import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { failure, hasErrors, success } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { CatalogAdditions } from './catalog-additions.ts';
import { checkCatalog } from './check-catalog.ts';
import { checkProblem } from './check-problem.ts';
import { normalizeDocument } from './normalize-document.ts';
import type { NormalizedDocument } from './normalize-document.ts';
import { parseAims } from './parse-aims.ts';
import { catalogAdditions } from './parse-catalog.ts';
import { parseMix, parsePool } from './parse-pool.ts';
import { read } from './parse-quantities.ts';
import { documentPath, reportFindings } from './parse-report.ts';
import type { Finding, ParseOptions } from './parse-report.ts';
import { salvage } from './parse-salvage.ts';
import { parseService } from './parse-service.ts';
import { findingsOfErrors, unreadableQuantities } from './parse-schema-errors.ts';
import { parseLlmWorkload } from './parse-workload.ts';
import type { InlineRule, PolicyReference } from './policy.ts';
import type { CatalogDocument, PolicyDocument, ProblemDocument } from './problem-document.ts';
import { CATALOG_FILE_SCHEMA } from './problem-schema-catalog.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import { PROBLEM_SCHEMA } from './problem-schema.ts';
import type { Problem } from './problem.ts';

/**
 * Turns a document (of YAML, JSON or a construct tree) into a problem: lists sorted by id, defaults filled in,
 * quantities as numbers. All problems of the document are reported together, in the order of their places:
 * every `model-*` code, and `catalog-invalid-record` for catalogue additions. Warnings may accompany the value.
 */
export function parseProblem(document: unknown, options: ParseOptions = {}): Outcome<Problem> {
  const findings = shapeFindings(PROBLEM_SCHEMA, document);
  findings.push(...checkProblem(salvage<ProblemDocument>(document, findings)));
  const diagnostics = reportFindings(findings, options);
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  const valid = document as ProblemDocument;
  return success(buildProblem(normalizeDocument(valid), pathsOfIds(valid, options)), diagnostics);
}

/**
 * Turns the contents of a catalogue file into records to add. Reports all problems together, as `parseProblem` does.
 */
export function parseCatalogDocument(
  document: unknown,
  options: ParseOptions = {},
): Outcome<CatalogAdditions> {
  const findings = shapeFindings(CATALOG_FILE_SCHEMA, document);
  findings.push(...checkCatalog(salvage<CatalogDocument>(document, findings), []));
  const diagnostics = reportFindings(findings, options);
  if (hasErrors(diagnostics)) return failure(...diagnostics);
  return success(catalogAdditions(document as CatalogDocument), diagnostics);
}

const validators = new Map<JsonSchema, ValidateFunction>();

/** The validator of a schema, compiled at its first use: compiling takes longer than most commands. */
function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  // The alternatives of `oneOf` name fields whose types the enclosing schema states.
  const validator = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
  }).compile({
    ...schema,
  });
  validators.set(schema, validator);
  return validator;
}

function shapeFindings(schema: JsonSchema, document: unknown): Finding[] {
  const validate = validatorOf(schema);
  const findings = validate(document) ? [] : findingsOfErrors(validate.errors ?? []);
  return [...findings, ...unreadableQuantities(schema, document, [])];
}

type PathOfId = (list: 'pools' | 'workloads' | 'services' | 'budgets' | 'policies', id: string) => string;

/** Where the user wrote each object; normalisation moves it. */
function pathsOfIds(document: ProblemDocument, options: ParseOptions): PathOfId {
  return (list, id) => {
    const index = (document[list] ?? []).findIndex((item) => item.id === id);
    const path = documentPath([list, index]);
    return options.pathOf?.(path) ?? path;
  };
}

function buildProblem(document: NormalizedDocument, pathOf: PathOfId): Problem {
  const aims = parseAims(document);
  return {
    name: document.name,
    seed: document.seed,
    ...aims,
    pools: document.pools.flatMap((pool) => parsePool(pool, pathOf('pools', pool.id)) ?? []),
    mixes: document.pools.flatMap((pool) => parseMix(pool, pathOf('pools', pool.id)) ?? []),
    workloads: document.workloads.map((item) => parseLlmWorkload(item, pathOf('workloads', item.id), aims)),
    services: (document.services ?? []).map((item) => parseService(item, pathOf('services', item.id))),
    budgets: (document.budgets ?? []).map((budget) => ({
      id: budget.id,
      path: pathOf('budgets', budget.id),
      limit: read('monthlyUsd', budget.limit),
      team: budget.team ?? '',
    })),
    policies: (document.policies ?? []).map((policy) => parsePolicy(policy, pathOf('policies', policy.id))),
    waivers: document.waivers ?? [],
    catalog: catalogAdditions(document.catalog),
  };
}

function parsePolicy(document: PolicyDocument, path: string): PolicyReference {
  return {
    id: document.id,
    path,
    pack: document.pack ?? '',
    levels: document.levels ?? {},
    parameters: document.parameters ?? {},
    rules: (document.rules ?? []).map((rule): InlineRule => ({
      message: '',
      remediation: '',
      reference: '',
      ...rule,
    })),
  };
}
