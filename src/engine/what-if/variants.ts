import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { parseExpression, splitTop } from './expression.ts';
import type { Assignment } from './expression.ts';
import { sweptExpressions } from './sweep.ts';

/** A problem to plan beside the declared one: a name and the changes it takes. */
export interface Variant {
  /** Unique among those of one question. */
  readonly name: string;
  readonly assignments: readonly Assignment[];
}

/** The variants that a question asks for, as written. */
export interface VariantRequest {
  /** Each alone is a variant; its changes hold together. */
  readonly set?: readonly string[];
  /** All of `set` make one variant. */
  readonly isTogether?: boolean;
  /** `NAME=CHANGES`. */
  readonly named?: readonly string[];
  /** `PATH=FROM..TO/STEP`; several span a grid. */
  readonly sweep?: readonly string[];
}

/** Variants of one question at most: each is a plan of its own. */
export const MOST_VARIANTS = 200;

/**
 * The variants of a request in the order given: sets, named ones, the grid of the sweeps. Equal ones stay; names that occur twice are numbered.
 * Errors: `engine-whatif-syntax` for what cannot be read, for more than 200 variants, and where nothing is asked for.
 */
export function variantsOf(request: VariantRequest): Outcome<readonly Variant[]> {
  const { set = [], named = [], sweep = [], isTogether = false } = request;
  const sets = isTogether && set.length > 0 ? [set.join(', ')] : set;
  const grid = gridOf(sweep);
  if (!grid.ok) return grid;
  const outcomes = [
    ...sets.map((text) => variantOf(text, text)),
    ...named.map(namedVariant),
    ...grid.value.map((text) => variantOf(text, text)),
  ];
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  const variants = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  if (variants.length < outcomes.length) return failure(...diagnostics);
  if (variants.length === 0)
    return failure(wrong('Nothing is asked.', 'Name a change: --set pools.h100.price=-20%.'));
  if (variants.length > MOST_VARIANTS) return failure(tooMany(variants.length));
  return success(numbered(variants));
}

function variantOf(name: string, text: string): Outcome<Variant> {
  const parsed = parseExpression(text);
  return parsed.ok ? success({ name: name.trim(), assignments: parsed.value }) : parsed;
}

function namedVariant(text: string): Outcome<Variant> {
  const [name = '', ...rest] = splitTop(text, '=');
  const expression = rest.join('=');
  return name.trim() === '' || !expression.includes('=')
    ? failure(
        wrong(
          `The variant "${text}" has no name or no change.`,
          'Write NAME=CHANGES, such as friday=workloads.chat.rate=x3,pools.h100.maxNodes=20.',
        ),
      )
    : variantOf(name, expression);
}

/** Every combination of one value of each sweep, the last sweep fastest; none without sweeps. */
function gridOf(sweeps: readonly string[]): Outcome<readonly string[]> {
  if (sweeps.length === 0) return success([]);
  let grid: readonly string[] = [''];
  for (const text of sweeps) {
    const swept = sweptExpressions(text, MOST_VARIANTS);
    if (!swept.ok) return swept;
    const count = grid.length * swept.value.length;
    if (count > MOST_VARIANTS) return failure(tooMany(count));
    grid = grid.flatMap((before) => swept.value.map((own) => (before === '' ? own : `${before}, ${own}`)));
  }
  return success(grid);
}

function numbered(variants: readonly Variant[]): readonly Variant[] {
  const seen = new Map<string, number>();
  return variants.map((variant) => {
    const count = (seen.get(variant.name) ?? 0) + 1;
    seen.set(variant.name, count);
    return count === 1 ? variant : { ...variant, name: `${variant.name} (${count})` };
  });
}

function tooMany(count: number): Diagnostic {
  return wrong(
    `${count} variants are asked for; ${MOST_VARIANTS} are the most.`,
    'Take larger steps, or ask in parts.',
  );
}

function wrong(summary: string, fix: string): Diagnostic {
  return diagnostic('engine-whatif-syntax', { summary, fix });
}
