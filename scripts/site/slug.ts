/** The anchor that GitHub gives a heading: lower case, spaces to hyphens, only letters, digits, hyphens and underscores. */
export function headingSlug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Mark}\p{Number} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Gives each heading of one page its anchor; the second of the same name gets `-1`, the third `-2`, as on GitHub. */
export function slugger(): (text: string) => string {
  const seen = new Map<string, number>();
  return (text) => {
    const slug = headingSlug(text);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  };
}
