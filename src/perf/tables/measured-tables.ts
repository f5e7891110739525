import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { Precision } from '../../model/index.ts';
import { OPERATOR_AXES, OPERATOR_KINDS } from './operator-sample.ts';
import type { OperatorKind } from './operator-sample.ts';

/** What tells a file of measured tables from other JSON. */
export const TABLES_FORMAT = 'plimsoll-operator-tables';
/** Version of the format; raised when a field is removed or re-defined. Programs refuse versions they do not know. */
export const TABLES_VERSION = 1;

/** Times of one shape of an operator by ascending size; times never fall. Values of shape and size: `OPERATOR_AXES`. */
export interface MeasuredCurve {
  readonly shape: readonly number[];
  readonly sizes: readonly number[];
  readonly seconds: readonly number[];
}

/** What was measured of one operator in one format. */
export interface MeasuredOperator {
  readonly kind: OperatorKind;
  readonly precision: Precision;
  /** Program whose kernels these are. */
  readonly backend: string;
  /** Samples the curves rest on, before the choice of backend and the thinning to a bounded number of points. */
  readonly samples: number;
  readonly curves: readonly MeasuredCurve[];
}

/** Measured operators of one accelerator: a plain JSON value, kept as a file that a stack names. */
export interface MeasuredTables {
  readonly format: typeof TABLES_FORMAT;
  readonly version: typeof TABLES_VERSION;
  /** Catalogue name. */
  readonly accelerator: string;
  readonly provenance: {
    readonly evidence: 'measured';
    /** Folder imported, without its path, and the layout it had. */
    readonly source: string;
    readonly layout: string;
    /** ISO date of the measurements, or of the import where the tables do not say. */
    readonly date: string;
  };
  readonly operators: readonly MeasuredOperator[];
}

const NAME = { type: 'string', minLength: 1 };
const POSITIVE = { type: 'array', minItems: 1, items: { type: 'number', exclusiveMinimum: 0 } };

const SCHEMA = {
  type: 'object',
  required: ['accelerator', 'provenance', 'operators'],
  properties: {
    accelerator: NAME,
    provenance: {
      type: 'object',
      required: ['evidence', 'source', 'layout', 'date'],
      properties: { evidence: { const: 'measured' }, source: NAME, layout: NAME, date: NAME },
    },
    operators: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kind', 'precision', 'backend', 'samples', 'curves'],
        properties: {
          kind: { enum: OPERATOR_KINDS },
          precision: { enum: ['bf16', 'fp8', 'fp8-block', 'int8', 'int4', 'nvfp4', 'mxfp4'] },
          backend: NAME,
          samples: { type: 'integer', minimum: 1 },
          curves: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['shape', 'sizes', 'seconds'],
              properties: {
                shape: { type: 'array', items: { type: 'number', minimum: 0 } },
                sizes: POSITIVE,
                seconds: POSITIVE,
              },
            },
          },
        },
      },
    },
  },
};

let validator: ValidateFunction<MeasuredTables> | undefined;

/** Whether a JSON value says that it is a file of measured tables. */
export function isMeasuredTables(value: unknown): boolean {
  return (value as { readonly format?: unknown } | null)?.format === TABLES_FORMAT;
}

/**
 * Reads the JSON value of a file of measured tables.
 * @param file name shown in diagnostics
 * Errors: `perf-tables-version`; `perf-tables-invalid` for each violation of the format, ten at most.
 */
export function parseMeasuredTables(value: unknown, file: string): Outcome<MeasuredTables> {
  if (!isMeasuredTables(value)) {
    return failure(invalid(file, 'format', `is no table file: its format is not "${TABLES_FORMAT}"`));
  }
  const { version } = value as { readonly version?: unknown };
  if (version !== TABLES_VERSION) {
    return failure(
      diagnostic('perf-tables-version', {
        summary: `${file} has table version ${JSON.stringify(version)}; this program reads version ${TABLES_VERSION}.`,
        path: 'version',
        source: { file },
        fix: 'Run `plimsoll calibrate operators` again with this version.',
      }),
    );
  }
  validator ??= new Ajv({ allErrors: true, strict: false }).compile<MeasuredTables>(SCHEMA);
  if (!validator(value)) {
    const errors = (validator.errors ?? []).slice(0, 10);
    return failure(
      ...errors.map(({ instancePath, message }) =>
        invalid(file, instancePath, `at ${instancePath || 'its top'} ${message ?? 'is invalid'}`),
      ),
    );
  }
  const crooked = value.operators.flatMap((operator, o) =>
    operator.curves.flatMap((curve, c) => {
      const reason = crookedness(operator.kind, curve);
      return reason === undefined ? [] : [{ at: `/operators/${o}/curves/${c}`, reason }];
    }),
  );
  if (crooked.length === 0) return success(value);
  return failure(...crooked.slice(0, 10).map(({ at, reason }) => invalid(file, at, `at ${at} ${reason}`)));
}

/** What a schema cannot say of a curve; undefined when it is sound. */
function crookedness(kind: OperatorKind, { shape, sizes, seconds }: MeasuredCurve): string | undefined {
  const axes = OPERATOR_AXES[kind].shape;
  if (shape.length !== axes.length) return `must have the shape ${axes.join(', ')}`;
  if (sizes.length !== seconds.length) return 'must have as many times as sizes';
  const rises = (values: readonly number[], isStrict: boolean): boolean =>
    values.every((x, i) => i === 0 || (isStrict ? x > values[i - 1]! : x >= values[i - 1]!));
  if (!rises(sizes, true)) return 'must have rising sizes';
  return rises(seconds, false) ? undefined : 'must have times that never fall';
}

function invalid(file: string, path: string, what: string) {
  return diagnostic('perf-tables-invalid', {
    summary: `${file} ${what}.`,
    path,
    source: { file },
    fix: 'Table files are written by `plimsoll calibrate operators` and not edited by hand; import again.',
  });
}
