/** Text as one word of bash, zsh and POSIX shells: in single quotes, in which nothing is expanded. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Text as one word of fish: in single quotes, in which only `\\` and `\'` are escapes. */
export function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;
}
