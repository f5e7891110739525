import { Document, Scalar, isScalar, visit } from 'yaml';
import type { JsonObject } from '../files.ts';

/** Words that some YAML 1.1 reader takes for a truth value or nothing, whatever their case (YAML 1.1, types bool and null). */
const RESERVED_WORDS = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf']);

/** Texts that mean themselves to every reader: they start with a letter or `/` and hold no YAML sign. */
const PLAIN_TEXT = /^[A-Za-z/][A-Za-z0-9_./@-]*$/;

/**
 * Writes a plain object as one YAML document with the order of its keys kept. Every text that is not plainly a word is
 * quoted, so YAML 1.1 readers (as in Kubernetes) and 1.2 readers see the same values; lines are never folded.
 */
export function yamlText(manifest: JsonObject): string {
  const document = new Document(manifest, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string') {
        const style = textStyle(node.value);
        if (style !== undefined) node.type = style;
      }
    },
  });
  return document.toString({ lineWidth: 0, directives: false, flowCollectionPadding: false });
}

function textStyle(text: string): Scalar.Type | undefined {
  if (PLAIN_TEXT.test(text) && !RESERVED_WORDS.has(text.toLowerCase())) return undefined;
  const isBlock = text.includes('\n') && /^[\x20-\x7e\n]*$/.test(text) && !/[ \n]\n|^[ \n]/.test(text);
  return isBlock ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
}
