import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { LineCounter, isNode, isPair, isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome, SourceLocation } from '../diagnostics/index.ts';
import { compileRule } from './compile-rule.ts';
import type { RuleProblem } from './compile-rule.ts';
import { problemsOfErrors } from './pack-errors.ts';
import { PACK_SCHEMA } from './pack-schema.ts';
import type { CelRule, PackParameter, RulePack } from './rule.ts';

/** A pack file as written: fields with defaults may be absent. */
interface PackDocument {
  readonly name: string;
  readonly title: string;
  readonly parameters?: readonly PackParameter[];
  readonly rules: readonly RuleDocument[];
}

type Optional = 'match' | 'variables' | 'message' | 'remediate' | 'tests';
type RuleDocument = Omit<CelRule, 'language' | Optional> & Partial<Pick<CelRule, Optional>>;

/** Most expansions of YAML anchors; packs share fixtures between tests. *Assumed* ample. */
const MAX_ALIASES = 10_000;

let validator: ValidateFunction | undefined;

/**
 * Reads a pack from YAML or JSON. All of its problems are reported at once, each with line and column:
 * syntax, schema, CEL expressions, message fragments, ids used twice, unknown parameters.
 * Errors: `policy-invalid-rule`.
 */
export function parsePack(text: string, options: { readonly fileName: string }): Outcome<RulePack> {
  const { fileName } = options;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const report = reporter(document, lines, fileName);
  if (document.errors.length > 0) {
    return failure(
      ...document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return invalid(`is not valid YAML: ${error.message}`, '', { file: fileName, line, column: col });
      }),
    );
  }
  const value = plainValue(document);
  if (!value.ok) return failure(report({ field: [], problem: value.problem }));
  validator ??= new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(PACK_SCHEMA);
  if (!validator(value.value)) return failure(...problemsOfErrors(validator.errors ?? []).map(report));
  const pack = packOf(value.value as PackDocument, fileName);
  const problems = [...duplicates(value.value as PackDocument), ...ruleProblems(value.value as PackDocument)];
  return problems.length > 0 ? failure(...problems.map(report)) : success(pack);
}

function plainValue(
  document: Document,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function packOf(document: PackDocument, fileName: string): RulePack {
  return {
    name: document.name,
    title: document.title,
    fileName,
    parameters: [...(document.parameters ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)),
    rules: document.rules.map(celRule).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function celRule(document: RuleDocument): CelRule {
  return {
    ...document,
    language: 'cel',
    match: document.match ?? {},
    variables: document.variables ?? [],
    message: document.message ?? '',
    remediate: document.remediate ?? [],
    tests: document.tests ?? [],
  };
}

function duplicates(document: PackDocument): RuleProblem[] {
  const repeated = (names: readonly string[], list: string, key: string): RuleProblem[] =>
    names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [{ field: [list, index, key], problem: `"${name}" is used twice` }],
    );
  return [
    ...repeated(
      document.rules.map((rule) => rule.id),
      'rules',
      'id',
    ),
    ...repeated(
      (document.parameters ?? []).map((parameter) => parameter.name),
      'parameters',
      'name',
    ),
  ];
}

function ruleProblems(document: PackDocument): RuleProblem[] {
  const known = new Set((document.parameters ?? []).map((parameter) => parameter.name));
  return document.rules.flatMap((written, index) => {
    const compilation = compileRule(celRule(written));
    const problems = compilation.ok ? [] : compilation.problems;
    const tests = (written.tests ?? []).flatMap((test, position) =>
      Object.keys(test.params ?? {})
        .filter((name) => !known.has(name))
        .map((name) => ({
          field: ['tests', position, 'params', name],
          problem: 'is no parameter of this pack',
        })),
    );
    return [...problems, ...tests].map(({ field, problem }) => ({
      field: ['rules', index, ...field],
      problem,
    }));
  });
}

type Report = (problem: RuleProblem) => Diagnostic;

function reporter(document: Document, lines: LineCounter, file: string): Report {
  return ({ field, problem }) => {
    const offset = offsetOf(document, field);
    const at = offset === undefined ? undefined : lines.linePos(offset);
    const place = fieldName(field);
    return invalid(
      `${place === '' ? 'the pack' : place} ${problem}`,
      place,
      at === undefined ? { file } : { file, line: at.line, column: at.col },
    );
  };
}

/** Where a field starts: its key for a field that should not be there, else its value, else what encloses it. */
function offsetOf(document: Document, field: RuleProblem['field']): number | undefined {
  for (let length = field.length; length >= 0; length--) {
    const parent: unknown = length === 0 ? undefined : nodeAt(document, field.slice(0, length - 1));
    const pair = isMap(parent)
      ? parent.items.find(
          (item) => isPair(item) && isScalar(item.key) && item.key.value === field[length - 1],
        )
      : undefined;
    const node: unknown = pair === undefined ? nodeAt(document, field.slice(0, length)) : pair.key;
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

function nodeAt(document: Document, field: RuleProblem['field']): unknown {
  return field.length === 0 ? document.contents : document.getIn([...field], true);
}

function fieldName(field: RuleProblem['field']): string {
  return field
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

function invalid(problem: string, path: string, source: SourceLocation): Diagnostic {
  const where = source.line === undefined ? source.file : `${source.file}:${source.line}`;
  return diagnostic('policy-invalid-rule', {
    summary: `${where}: ${problem.replace(/\.$/, '')}.`,
    path,
    source,
    fix: 'Correct the pack; docs/policies.md describes its format.',
  });
}
