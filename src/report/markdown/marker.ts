import { textHash } from '../../plan/index.ts';

/** Longest name in a marker, in characters after escaping; longer ones are told by their hash (assumed to be plenty for names). */
const LONGEST = 200;

/**
 * The hidden first line of a comment by which a bot finds it again and writes it over: `<!-- plimsoll:diff:chat -->`. Any
 * name is safe in it and gives a marker of its own: what might end an HTML comment is percent-encoded.
 * @param name stack, or another name that stays the same from run to run
 */
export function commentMarker(kind: string, name: string): string {
  const escaped = encodeURIComponent(name.toWellFormed())
    .replaceAll(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll(/(?<=-)-|^-|-$/g, '%2D');
  return `<!-- plimsoll:${kind}:${escaped.length <= LONGEST ? escaped : textHash(name)} -->`;
}
