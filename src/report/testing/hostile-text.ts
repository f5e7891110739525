/** A value that tries to act wherever it is put: HTML, Markdown, references, terminals, spreadsheets, templates, markers. */
export const HOSTILE = [
  '=cmd()|x<script>alert(1)</script><img src=x onerror=alert(1)>',
  '[a](javascript:alert(1)) ![b](https://evil.example/p.png) [c]: https://evil.example',
  '@team @org/team #123 !45 $6 &7 %8 ~9 GH-10 acme/fleet#11',
  'https://evil.example www.evil.example mailto:a@evil.example',
  '`code` ``` ~~~ **bold** _it_ ~~gone~~ |cell| $x^2$ :tada:',
  '&lt;b&gt; &#64;team </details></summary> --> <!-- plimsoll:diff:other -->',
  '\u001b[31mred\u001b]8;;https://evil.example\u0007link\u009b2J\u0000\u202egnol\u2066\u200f',
  '{{ template }} ${{ github.token }} ${HOME} $(id)',
  'next\r\nline\n# heading\n/merge\n- item\u2028separator\u0085end',
  '\n\n    code\n\n| a | b |\n|---|---|\n\ud800',
].join(' ');

/** Where a string stands in a value. */
type Path = readonly (string | number)[];

/** Paths of all strings in a plain value, and of names of fields that `isName` accepts. */
export function stringPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => stringPaths(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => stringPaths(item, [...path, name]));
}

/** A copy of a value with the string at a path replaced. */
export function withString<T>(value: T, path: Path, text: string): T {
  const [step, ...rest] = path;
  if (step === undefined) return text as T;
  const inner = withString((value as Record<string | number, unknown>)[step], rest, text);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === step ? inner : item)) as T;
  return { ...value, [step]: inner };
}

/** A copy of a value with every string replaced that `accepts` lets pass, all at once. */
export function withAllStrings<T>(value: T, text: string, accepts: (path: Path) => boolean): T {
  return stringPaths(value)
    .filter(accepts)
    .reduce<T>((changed, path) => withString(changed, path, text), value);
}
