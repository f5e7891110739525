import { formatNumber } from '../units/index.ts';
import { compileCel } from './cel.ts';
import type { CelScope } from './cel.ts';
import type { CelDialect } from './cel-environment.ts';
import { KubernetesQuantity } from './quantity.ts';

/** A text with expressions in it, ready to be rendered. */
export interface MessageTemplate {
  /** The text with every fragment evaluated, and what went wrong in fragments that could not be. */
  readonly render: (scope: CelScope) => { readonly text: string; readonly problems: readonly string[] };
  /** Names the fragments use. */
  readonly uses: ReadonlySet<string>;
}

/** A template, or what is wrong with each of its fragments. */
export type TemplateCompilation =
  | { readonly ok: true; readonly template: MessageTemplate }
  | { readonly ok: false; readonly problems: readonly string[] };

type Part = string | { readonly source: string; readonly expression: ReturnType<typeof compileCel> };

/**
 * Compiles a text with `{{ CEL }}` fragments. Fragments are data: what they evaluate to is printed on one line
 * without control characters and is never read again as a template. A fragment that fails prints `?`.
 */
export function compileMessage(text: string, dialect: CelDialect): TemplateCompilation {
  const parts = text
    .split(/\{\{(.*?)\}\}/s)
    .map((part, index): Part =>
      index % 2 === 0 ? part : { source: part.trim(), expression: compileCel(part.trim(), dialect) },
    );
  const problems = parts.flatMap((part) =>
    typeof part === 'string' || part.expression.ok
      ? []
      : [`"{{ ${part.source} }}": ${part.expression.problem}`],
  );
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, template: { render: (scope) => renderParts(parts, scope), uses: namesOf(parts) } };
}

function renderParts(parts: readonly Part[], scope: CelScope): ReturnType<MessageTemplate['render']> {
  const problems: string[] = [];
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part;
    if (!part.expression.ok) return '?';
    const result = part.expression.expression.evaluate(scope);
    if (result.ok) return plainText(result.value);
    problems.push(`"{{ ${part.source} }}": ${result.problem}`);
    return '?';
  });
  return { text: texts.join(''), problems };
}

function namesOf(parts: readonly Part[]): ReadonlySet<string> {
  return new Set(
    parts.flatMap((part) =>
      typeof part === 'string' || !part.expression.ok ? [] : [...part.expression.expression.uses],
    ),
  );
}

/** One line of text for a CEL value: lists joined by commas, control characters replaced by spaces. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof KubernetesQuantity) return formatNumber(value.approximate);
  if (Array.isArray(value)) return value.map(plainText).join(', ');
  if (value instanceof Map) return mapText([...value.entries()]);
  return typeof value === 'object' && value !== null ? mapText(Object.entries(value)) : String(value);
}

function mapText(entries: readonly (readonly [unknown, unknown])[]): string {
  return entries.map(([key, item]) => `${plainText(key)}: ${plainText(item)}`).join(', ');
}
