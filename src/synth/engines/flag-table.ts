import { closestName, diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { Role } from '../../model/index.ts';
import type { JsonObject } from '../files.ts';
import { demandedFields } from './launch.ts';
import type { Launch, LaunchField } from './launch.ts';
import { inRange, parseVersion, rangeText } from '../../catalog/index.ts';
import type { Version, VersionRange } from '../../catalog/index.ts';

/** What a row writes: the value of a flag, `true` for a switch, `undefined` to leave the flag out, or why it cannot. */
export type FlagValue = string | number | true | undefined | { readonly unsupported: string };

/** How one decision is written on the command line by some versions of an engine. */
export interface FlagRow {
  readonly versions: VersionRange;
  /** The decision it expresses. */
  readonly field: LaunchField;
  /** The flag with its dashes; empty for a positional argument. */
  readonly flag: string;
  /** Pods of a group that get it; default: all. */
  readonly positions?: readonly Launch['position'][];
  /** Whether the value may refer to variables that Kubernetes expands, `$(NAME)`; default: no, such text is escaped. */
  readonly isExpanded?: boolean;
  readonly value: (launch: Launch) => FlagValue;
  /** Documentation or change that introduced it. */
  readonly source: string;
}

/** A row of the engine's configuration file, for decisions that have no flag. */
export interface ConfigRow {
  readonly versions: VersionRange;
  readonly field: LaunchField;
  /** Keys to merge into the file, or why it cannot. */
  readonly value: (launch: Launch) => JsonObject | undefined | { readonly unsupported: string };
  readonly source: string;
}

/** A variable of the container's environment: its text, or a field of the pod that Kubernetes fills in. */
export type EnvironmentValue = string | { readonly fieldPath: string };

/** How one decision is written into the environment, where an engine has no flag for it. */
export interface EnvironmentRow {
  readonly versions: VersionRange;
  readonly field: LaunchField;
  readonly name: string;
  /** Absent: the variable is left out. */
  readonly value: (launch: Launch) => EnvironmentValue | undefined | { readonly unsupported: string };
  readonly source: string;
}

/** A port beside HTTP at which the pods of a role are reached. */
export interface EnginePort {
  readonly name: string;
  readonly port: number;
}

/** Prometheus series by which an engine says how busy it is. */
export interface EngineMetrics {
  /** Counter of finished requests. */
  readonly finished: string;
  /** Gauges whose sum is the number of requests in the engine; empty when it exports none. */
  readonly inFlight: readonly string[];
  readonly path: string;
  readonly source: string;
}

/** All that manifests need to know about an engine. */
export interface EngineTable {
  readonly engine: string;
  /** Releases the table was checked against. */
  readonly versions: VersionRange;
  /** Image without the tag, and the tag of a release. */
  readonly image: (release: string) => string;
  readonly command: readonly string[];
  readonly healthPath: string;
  readonly metrics: EngineMetrics;
  readonly rows: readonly FlagRow[];
  readonly configRows: readonly ConfigRow[];
  readonly environmentRows: readonly EnvironmentRow[];
  /** Ports at which pods of a role hand KV caches over; empty for aggregated ones. */
  readonly handOverPorts: (role: Role) => readonly EnginePort[];
  readonly source: string;
}

/** The command line of one pod of a replica. */
export interface EngineCommand {
  readonly command: readonly string[];
  /** Arguments as a list, never a shell string; user values are escaped against variable expansion. */
  readonly arguments: readonly string[];
  /** Variables by name, in the order of the table. */
  readonly environment: readonly (readonly [name: string, value: EnvironmentValue])[];
  /** Contents of the configuration file; absent when the engine needs none. */
  readonly config?: JsonObject;
}

/** Why an engine command cannot be written: one sentence each. */
export type CommandProblem = string;

/**
 * The command line of a launch under an engine version.
 * Errors: `synth-unsupported` when the version is outside the table or a decision has no row that expresses it,
 * all of them at once; `synth-invalid-name` when the model could be read as an option.
 */
export function engineCommand(
  table: EngineTable,
  engineVersion: string,
  launch: Launch,
  path: string,
): Outcome<EngineCommand> {
  const version = parseVersion(engineVersion);
  if (version === undefined || !inRange(version, table.versions)) {
    return failure(unknownVersion(table, engineVersion, path));
  }
  const rows = table.rows.filter((row) => inRange(version, row.versions));
  const configRows = table.configRows.filter((row) => inRange(version, row.versions));
  const variables = table.environmentRows.filter((row) => inRange(version, row.versions));
  const problems = [
    ...missingRows(table, version, launch),
    ...refusals([...rows, ...configRows, ...variables], launch),
  ];
  if (launch.model.startsWith('-') || launch.model === '') {
    problems.push(`the checkpoint "${launch.model}" would be read as an option`);
  }
  if (problems.length > 0) {
    return failure(...problems.map((problem) => cannotExpress(table, engineVersion, problem, path)));
  }
  const config = mergeObjects(configRows.map((row) => row.value(launch)).filter(isConfig));
  return success({
    command: table.command,
    arguments: rows.flatMap((row) => rowArguments(row, launch)),
    environment: variables.flatMap((row) => environmentOf(row, launch)),
    ...(Object.keys(config).length === 0 ? {} : { config }),
  });
}

/**
 * Escapes a value so that Kubernetes expands nothing in it: every `$` is doubled, because `$$` stands for one `$` and
 * `$(NAME)` for a variable (Kubernetes API, Container `args`).
 */
export function escapeExpansion(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The table whose engine has this name; otherwise a diagnostic with the closest one. */
export function findEngineTable(
  tables: readonly EngineTable[],
  engine: string,
  path: string,
): Outcome<EngineTable> {
  const table = tables.find((candidate) => candidate.engine === engine);
  if (table !== undefined) return success(table);
  const names = tables.map((candidate) => candidate.engine);
  const closest = closestName(engine, names);
  return failure(
    diagnostic('synth-unsupported', {
      summary: `There is no flag table for the engine "${engine}".`,
      path,
      fix:
        closest === undefined
          ? `Use one of ${names.join(', ')}.`
          : `Did you mean "${closest}"? Known engines: ${names.join(', ')}.`,
    }),
  );
}

function rowArguments(row: FlagRow, launch: Launch): readonly string[] {
  if (row.positions !== undefined && !row.positions.includes(launch.position)) return [];
  const value = row.value(launch);
  if (value === undefined || typeof value === 'object') return [];
  if (value === true) return [row.flag];
  const text = row.isExpanded === true ? String(value) : escapeExpansion(String(value));
  return [row.flag === '' ? text : `${row.flag}=${text}`];
}

function environmentOf(
  row: EnvironmentRow,
  launch: Launch,
): readonly (readonly [name: string, value: EnvironmentValue])[] {
  const value = row.value(launch);
  if (value === undefined || (typeof value === 'object' && 'unsupported' in value)) return [];
  return [[row.name, typeof value === 'string' ? escapeExpansion(value) : value]];
}

function missingRows(table: EngineTable, version: Version, launch: Launch): CommandProblem[] {
  const all = [...table.rows, ...table.configRows, ...table.environmentRows];
  return demandedFields(launch).flatMap((field) => {
    const rows = all.filter((row) => row.field === field);
    if (rows.some((row) => inRange(version, row.versions))) return [];
    const ranges = [...new Set(rows.map((row) => rangeText(row.versions)))];
    return ranges.length === 0
      ? [`it has no way to set ${field}`]
      : [`this version has no way to set ${field}; ${ranges.join(', ')} has`];
  });
}

function refusals(rows: readonly (FlagRow | ConfigRow | EnvironmentRow)[], launch: Launch): CommandProblem[] {
  return rows.flatMap((row) => {
    const value = row.value(launch);
    return isRefusal(value) ? [value.unsupported] : [];
  });
}

function isRefusal(value: unknown): value is { readonly unsupported: string } {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'unsupported') === 'string';
}

function isConfig(value: JsonObject | undefined | { readonly unsupported: string }): value is JsonObject {
  return value !== undefined && !isRefusal(value);
}

/** Merges objects key by key; nested objects are merged too, later values win. */
function mergeObjects(objects: readonly JsonObject[]): JsonObject {
  const merged: Record<string, JsonObject[string]> = {};
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      const old = merged[key];
      merged[key] = isPlainObject(old) && isPlainObject(value) ? mergeObjects([old, value]) : value;
    }
  }
  return merged;
}

function isPlainObject(value: JsonObject[string]): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownVersion(table: EngineTable, engineVersion: string, path: string): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `The flags of ${table.engine} ${engineVersion} are not known.`,
    detail: `The flag table covers ${rangeText(table.versions)}.`,
    path,
    fix: 'Plan with a version inside this range.',
  });
}

function cannotExpress(
  table: EngineTable,
  engineVersion: string,
  problem: CommandProblem,
  path: string,
): Diagnostic {
  return diagnostic('synth-unsupported', {
    summary: `${table.engine} ${engineVersion} cannot be started as planned: ${problem}.`,
    path,
    fix: 'Allow another engine or version, or take this configuration out of the pools.',
  });
}
