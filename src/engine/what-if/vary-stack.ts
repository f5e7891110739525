import { failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { normalizeDocument, parseProblem } from '../../model/index.ts';
import type { CatalogAdditions, Offering, ResolvedProblem } from '../../model/index.ts';
import { canonicalJson, contentHash } from '../../plan/index.ts';
import { usdPerHour } from '../../units/index.ts';
import type { MicroUsdPerHour } from '../../units/index.ts';
import type { LoadedStack } from '../load-stack.ts';
import { changeProblem } from './change-problem.ts';
import type { FieldDifference } from './change-problem.ts';
import type { PriceFactor } from './short-names.ts';
import type { Variant } from './variants.ts';

/** A stack as a variant has it. */
export interface VariedStack {
  readonly stack: LoadedStack;
  /** Factors other than one, in the order they were asked for. */
  readonly prices: readonly PriceFactor[];
  readonly differences: readonly FieldDifference[];
  /** Equal for variants that ask for the same: they are planned once. */
  readonly key: string;
}

/**
 * The stack with the changes of a variant, checked as if it had been declared so. Files that the stack names are not read again.
 * @param meanRates requests per second of workloads whose document states none
 * Errors: `engine-whatif-*`, and `model-*` of what the document has become, each with the variant as its place.
 */
export function varyStack(
  base: LoadedStack,
  variant: Variant,
  meanRates: ReadonlyMap<string, number>,
): Outcome<VariedStack> {
  const changed = changeProblem(base.document, variant.assignments, meanRates);
  if (!changed.ok) return changed;
  const { document, differences } = changed.value;
  const prices = changed.value.prices.filter((item) => item.factor !== 1);
  const parsed = parseProblem(document);
  const remarks = parsed.diagnostics.map((item) => placed(item, variant));
  if (!parsed.ok) return failure(...remarks);
  const fromFiles = additionsOfFiles(base);
  const stack: LoadedStack = {
    ...base,
    document: normalizeDocument(document),
    problem: { ...parsed.value, catalog: joined(fromFiles, parsed.value.catalog) },
  };
  const isSame = canonicalJson(stack.document) === canonicalJson(base.document);
  const key = contentHash({
    document: stack.document,
    prices: prices.map(({ text: _text, ...item }) => item),
  });
  return success(
    // The stack as it was loaded, with the places of its construct tree, where nothing is declared otherwise.
    { stack: isSame ? base : stack, prices, differences, key },
    remarks,
  );
}

/** A problem of a changed document, told as one of the change. */
function placed(item: Diagnostic, { assignments }: Variant): Diagnostic {
  const text = assignments.map((assignment) => assignment.text).join(', ');
  return { ...item, summary: `${text}: ${item.summary}`, path: item.path === '' ? text : item.path };
}

/** Records of catalogue files: those of the loaded problem before its own. */
function additionsOfFiles({ document, problem: { catalog } }: LoadedStack): CatalogAdditions {
  const own = document.catalog;
  const before = <T>(all: readonly T[], count = 0): readonly T[] => all.slice(0, all.length - count);
  return {
    accelerators: before(catalog.accelerators, own?.accelerators?.length),
    instanceTypes: before(catalog.instanceTypes, own?.instanceTypes?.length),
    prices: before(catalog.prices, own?.prices?.length),
    interruptions: before(catalog.interruptions, own?.interruptions?.length),
    models: before(catalog.models, own?.models?.length),
  };
}

function joined(files: CatalogAdditions, own: CatalogAdditions): CatalogAdditions {
  return {
    accelerators: [...files.accelerators, ...own.accelerators],
    instanceTypes: [...files.instanceTypes, ...own.instanceTypes],
    prices: [...files.prices, ...own.prices],
    interruptions: [...files.interruptions, ...own.interruptions],
    models: [...files.models, ...own.models],
  };
}

/**
 * A resolved problem with prices of its offerings changed by factors; pools of many instance types count by their declared id. On-demand prices take
 * the list price with them, that savings are measured against; the source of each price says what was done to it.
 */
export function withPriceFactors(
  resolved: ResolvedProblem,
  factors: readonly PriceFactor[],
): ResolvedProblem {
  if (factors.length === 0) return resolved;
  const mixOf = new Map(resolved.problem.pools.map((pool) => [pool.id, pool.mix]));
  const offerings = resolved.offerings.map((offering) =>
    factors
      .filter(({ pool }) => pool === offering.pool || pool === mixOf.get(offering.pool))
      .reduce(repriced, offering),
  );
  return { ...resolved, offerings };
}

function repriced(offering: Offering, { capacityTypes, factor, text }: PriceFactor): Offering {
  const scaled = (price: MicroUsdPerHour): MicroUsdPerHour => usdPerHour((price * factor) / 1e6);
  const isMeant = capacityTypes.includes(offering.capacityType);
  // Capacity that nobody sells on demand has its own price for a list price.
  const isListMeant =
    capacityTypes.includes('on-demand') || (isMeant && offering.listPrice === offering.price);
  const { priceForecast: forecast, priceProvenance } = offering;
  return {
    ...offering,
    ...(isListMeant ? { listPrice: scaled(offering.listPrice) } : {}),
    ...(isMeant
      ? {
          price: scaled(offering.price),
          priceProvenance: {
            ...priceProvenance,
            evidence: 'assumed' as const,
            source: `${priceProvenance.source}; times ${factor} by ${text}`,
          },
        }
      : {}),
    ...(isMeant && forecast !== undefined
      ? {
          priceForecast: {
            ...forecast,
            p10: scaled(forecast.p10),
            p50: scaled(forecast.p50),
            p90: scaled(forecast.p90),
          },
        }
      : {}),
  };
}
