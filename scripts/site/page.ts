/** The four kinds of documentation (diataxis.fr, read 2026-11), and what stands beside them. */
export type PageKind = 'start' | 'tutorial' | 'example' | 'how-to' | 'reference' | 'explanation' | 'design';

/** A page before it is drawn. */
export interface SourcePage {
  /** Path of the Markdown in the repository; of the file it is made from where the page is generated. `/` separates. */
  readonly source: string;
  /** Path of the page in the site, such as `how-to/apply.html`. */
  readonly url: string;
  readonly kind: PageKind;
  /** Name in the navigation. Default: the first heading. */
  readonly label?: string;
  /** Group within the kind, such as `Services and packing`. Default: none. */
  readonly group?: string;
  readonly markdown: string;
}

/** A heading of a page. */
export interface PageHeading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

/** One part of a page for the search: what stands below one heading. */
export interface PageSection {
  readonly heading: PageHeading;
  readonly text: string;
}

/** A link that leads nowhere, or an image that is not there. */
export interface BrokenLink {
  readonly source: string;
  readonly href: string;
  readonly reason: string;
}

/** A page as HTML, without its frame. */
export interface DrawnPage {
  readonly page: SourcePage;
  readonly title: string;
  readonly html: string;
  readonly headings: readonly PageHeading[];
  readonly sections: readonly PageSection[];
  /** Links that leave the site; they are listed, never fetched. */
  readonly external: readonly string[];
  readonly broken: readonly BrokenLink[];
  /** Files of the repository that the page links to or shows, by path. */
  readonly files: readonly string[];
}

/** Path from one page of the site to another, both relative to the root of the site. */
export function relativeUrl(from: string, to: string): string {
  const fromFolders = from.split('/').slice(0, -1);
  const parts = to.split('/');
  let same = 0;
  while (same < fromFolders.length && same < parts.length - 1 && fromFolders[same] === parts[same]) same += 1;
  return [...fromFolders.slice(same).map(() => '..'), ...parts.slice(same)].join('/');
}
