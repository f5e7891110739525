import { findAccelerator } from '../catalog/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { StageConfiguration } from '../perf/index.ts';

/** One pipeline stage as a user states it. */
export interface StageOptions {
  /** Name of its accelerator in the catalogue. */
  readonly accelerator: string;
  /** Layers of the model that it holds. */
  readonly layers: number;
}

/** What stated stages must agree with. */
interface StagedOptions {
  readonly accelerator?: string;
  readonly instanceType?: string;
  readonly stages?: readonly StageOptions[];
}

/**
 * The stages that options name, none where they name none. Errors: `catalog-unknown-accelerator` with the closest name;
 * `engine-usage` where `accelerator` is stated beside them, or an instance type beside several kinds of accelerators.
 */
export function resolveStages(
  options: StagedOptions,
  catalog: Catalog,
): Outcome<readonly StageConfiguration[] | undefined> {
  const { stages } = options;
  if (stages === undefined) return success(undefined);
  const found = stages.map(({ accelerator }) => findAccelerator(catalog, accelerator, '--stages'));
  const unknown = found.flatMap((outcome) => outcome.diagnostics);
  const named = found.flatMap((outcome, index) =>
    outcome.ok ? [{ accelerator: outcome.value, layers: stages[index]!.layers }] : [],
  );
  const contradictions = contradictionsOf(
    options,
    new Set(named.map((stage) => stage.accelerator.name)).size,
  );
  return named.length < stages.length || contradictions.length > 0
    ? failure(...unknown, ...contradictions)
    : success(named, unknown);
}

function contradictionsOf(options: StagedOptions, kinds: number): readonly Diagnostic[] {
  const { accelerator, instanceType } = options;
  return [
    ...(accelerator === undefined
      ? []
      : [
          diagnostic('engine-usage', {
            summary: `Stages name their accelerators; ${accelerator} is named beside them.`,
            path: '--accelerator',
            fix: 'Leave --accelerator out.',
          }),
        ]),
    ...(instanceType === undefined || kinds <= 1
      ? []
      : [
          diagnostic('engine-usage', {
            summary: `${instanceType} holds one kind of accelerator; the stages are on ${kinds}.`,
            path: '--instance-type',
            fix: 'Leave --instance-type out; state the price of an accelerator in the mean with --price.',
          }),
        ]),
  ];
}
