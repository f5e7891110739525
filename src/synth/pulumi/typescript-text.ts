import { visitValue } from './values.ts';
import type { PulumiValue, ResourceReference, SettingReference } from './values.ts';

/** Names that a program gives to resources, by id. */
export type Identifiers = ReadonlyMap<string, string>;

/** Keys that can stand without quotes. */
const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A value as a TypeScript expression over several lines, inner lines indented below the first. Texts of users become string literals
 * of JSON, in which nothing can end the literal or run.
 */
export function expressionText(value: PulumiValue, identifiers: Identifiers): string {
  const reference = ({ resource, property }: ResourceReference): string =>
    `${identifierOf(resource, identifiers)}.${property}`;
  const setting = (of: SettingReference): string => of.setting;
  return visitValue<string>(value, {
    plain: literal,
    resource: reference,
    setting,
    joined: ({ parts }) =>
      `pulumi.concat(${parts
        .map((part) => {
          if (typeof part === 'string') return literal(part);
          return 'resource' in part ? reference(part) : setting(part);
        })
        .join(', ')})`,
    list: (items) => bracketed('[', items, ']'),
    object: (fields) =>
      bracketed(
        '{',
        fields.map(([key, text]) => `${PLAIN_KEY.test(key) ? key : literal(key)}: ${text}`),
        '}',
      ),
  });
}

/** The identifier of a resource; a `TypeError`, a bug, where the program has no such resource. */
export function identifierOf(resource: string, identifiers: Identifiers): string {
  const found = identifiers.get(resource);
  if (found === undefined) throw new TypeError(`the program has no resource ${resource}`);
  return found;
}

/** A literal of JSON that is one of TypeScript too. */
export function literal(value: string | number | boolean): string {
  return JSON.stringify(value);
}

function bracketed(open: string, items: readonly string[], close: string): string {
  if (items.length === 0) return open + close;
  const lines = items.map((item) => `${item},`).join('\n');
  return `${open}\n${indented(lines)}\n${close}`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
