import { fold } from './markdown.ts';

/**
 * Most bytes (UTF-8) of a comment. GitHub says "maximum is 65536 characters" and has counted characters, code points and
 * bytes in different places and years (measured by users in 2025 and 2026: 65,536 code points for descriptions, 262,144
 * bytes for comments); text has at least as many bytes as anything else, so 65,536 bytes is safe however it is counted. What
 * is left below that is for a line that a bot may add. GitLab takes 1,000,000 characters (GitLab Docs, 2026).
 */
export const COMMENT_BYTES = 65_000;

/** A part of a comment that is folded away: versions of its text from whole to short; the last resort is none. */
export interface CommentSection {
  readonly title: string;
  /** Markdown; empty ones are not shown. */
  readonly versions: readonly string[];
  /** What a reader misses without each version, in a few words: `manifests field by field`. */
  readonly names: readonly string[];
}

/** What a comment is made of. */
export interface CommentParts {
  /** What always stays, in order: marker and sentence. */
  readonly head: readonly string[];
  /** What is dropped last of all, such as the table of workloads. */
  readonly overview: string;
  readonly overviewName: string;
  /** In the order in which they are read; what is named first in `dropped` goes first. */
  readonly sections: readonly CommentSection[];
  /** Titles of sections from the least to the most important; each is shortened step by step, then left out. */
  readonly dropped: readonly string[];
  /** How to see what was left out: Markdown, after "All of it: ". */
  readonly elsewhere: string;
}

/** Number of bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** How much of each section is shown: the version by title; a version beyond the last is none. */
type Shown = ReadonlyMap<string, number>;

/**
 * Puts a comment together that is at most `COMMENT_BYTES` long: whole sections are shortened or left out in a fixed order
 * until it fits, and a notice names them. Nothing is ever cut in its middle.
 */
export function fitComment(parts: CommentParts): string {
  const full: Shown = new Map(parts.sections.map(({ title }) => [title, 0]));
  const steps = parts.dropped.flatMap((title) => {
    const section = parts.sections.find((item) => item.title === title);
    return section === undefined ? [] : section.versions.map((_, index) => [title, index + 1] as const);
  });
  let shown = full;
  let text = composed(parts, shown);
  for (const [title, version] of steps) {
    if (byteLength(text) <= COMMENT_BYTES) return text;
    shown = new Map([...shown, [title, version]]);
    text = composed(parts, shown);
  }
  return byteLength(text) <= COMMENT_BYTES
    ? text
    : composed({ ...parts, overview: '' }, shown, [parts.overviewName]);
}

function composed(parts: CommentParts, shown: Shown, alsoMissing: readonly string[] = []): string {
  const folds = parts.sections.map(({ title, versions }) =>
    fold(title, versions[shown.get(title) ?? 0] ?? ''),
  );
  const missing = [
    ...parts.dropped.flatMap((title) => {
      const section = parts.sections.find((item) => item.title === title);
      return (
        section?.names.slice(0, shown.get(title) ?? 0).filter((_, index) => section.versions[index] !== '') ??
        []
      );
    }),
    ...alsoMissing,
  ];
  const notice =
    missing.length === 0
      ? ''
      : `**Left out** because a comment may hold no more: ${missing.join(', ')}. All of it: ${parts.elsewhere}.`;
  const all = [...parts.head, parts.overview, notice, ...folds].filter((part) => part !== '');
  return `${all.join('\n\n')}\n`;
}
