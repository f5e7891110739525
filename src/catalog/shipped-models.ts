import type { Evidence, ModelArchitecture, Precision } from '../model/index.ts';
import { sortedBy } from '../units/index.ts';
import records from './data/models.json' with { type: 'json' };

/** An architecture as the data file holds it: the model value with its provenance flattened. */
type ModelRecord = Omit<ModelArchitecture, 'provenance' | 'kind' | 'checkpoints'> & {
  readonly kind: string;
  readonly checkpoints: readonly string[];
  readonly evidence: string;
  readonly source: string;
  readonly date: string;
};

/** The model architectures this program ships with, sorted by name. */
export function shippedModels(): readonly ModelArchitecture[] {
  return sortedBy((records as readonly ModelRecord[]).map(modelOf), (model) => model.name);
}

function modelOf(record: ModelRecord): ModelArchitecture {
  const { evidence, source, date, kind, checkpoints, ...dimensions } = record;
  return {
    ...dimensions,
    kind: kind === 'moe' ? 'moe' : 'dense',
    checkpoints: checkpoints as readonly Precision[],
    provenance: { evidence: evidence as Evidence, source, date },
  };
}
