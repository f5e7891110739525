import { findAccelerator, findModel } from '../catalog/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { DeploymentCorrection } from '../perf/index.ts';
import { sortedBy } from '../units/index.ts';
import { measuredPrecision } from './measured-precision.ts';
import type { Measurement } from './measurement.ts';

/** What a correction is matched by, in catalogue names. */
export type DeploymentKeys = Omit<DeploymentCorrection, 'factors'>;

/** Measurements of one deployment. */
export interface DeploymentGroup {
  readonly keys: DeploymentKeys;
  readonly measurements: readonly Measurement[];
}

/** The deployment of a measurement; undefined where the catalogue lacks its model or accelerator. */
function deploymentKeysOf(m: Measurement, catalog: Catalog): DeploymentKeys | undefined {
  const model = findModel(catalog, m.model);
  const accelerator = findAccelerator(catalog, m.system);
  if (!model.ok || !accelerator.ok) return undefined;
  return {
    model: model.value.name,
    accelerator: accelerator.value.name,
    engine: m.engine,
    weightPrecision: measuredPrecision(m, model.value),
  };
}

/** Measurements by deployment, sorted by its name; those the catalogue does not know are left out. */
export function deploymentGroups(
  measurements: readonly Measurement[],
  catalog: Catalog,
): readonly DeploymentGroup[] {
  const known = measurements.flatMap((measurement) => {
    const keys = deploymentKeysOf(measurement, catalog);
    return keys === undefined ? [] : [{ keys, measurement }];
  });
  const groups = Map.groupBy(known, ({ keys }) => deploymentName(keys));
  return sortedBy([...groups], ([name]) => name).flatMap(([, members]) => {
    const [first] = members;
    return first === undefined
      ? []
      : [{ keys: first.keys, measurements: members.map(({ measurement }) => measurement) }];
  });
}

/** One deployment in words: `meta-llama/Llama-3.1-70B · h100-sxm · vllm · fp8`. */
export function deploymentName(keys: DeploymentKeys): string {
  return [keys.model, keys.accelerator, keys.engine, keys.weightPrecision].join(' · ');
}
