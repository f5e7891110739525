import { celText } from './cel-text.ts';
import { translateCel } from './translate-cel.ts';
import type { ServerExpression, ServerNames } from './translate-cel.ts';

/**
 * A message with `{{ CEL }}` fragments as an expression that gives a text, begun by `prefix`. Undefined for a message without
 * fragments, and for one with a fragment that an API server cannot evaluate: the title is said instead.
 * Lists are printed in brackets there. Source of `format`: CEL strings extension, version 1.
 */
export function serverMessage(
  message: string,
  prefix: string,
  names: ServerNames,
): ServerExpression | undefined {
  const parts = message.split(/\{\{(.*?)\}\}/s);
  if (parts.length === 1) return undefined;
  const fragments = parts
    .filter((_, index) => index % 2 === 1)
    .map((part) => translateCel(part.trim(), names));
  if (!fragments.every((fragment) => fragment.ok)) return undefined;
  const values = fragments.map((fragment) => fragment.value);
  const literals = parts.filter((_, index) => index % 2 === 0).map((part) => part.replaceAll('%', '%%'));
  const format = `${prefix.replaceAll('%', '%%')}${literals.join('%s')}`.replaceAll(/\s+/g, ' ').trim();
  return {
    text: `${celText(format)}.format([${values.map((value) => `dyn(${value.text})`).join(', ')}])`,
    variables: new Set(values.flatMap((value) => [...value.variables])),
    parameters: new Set(values.flatMap((value) => [...value.parameters])),
  };
}
