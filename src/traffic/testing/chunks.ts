/** The bytes of a text in chunks of at most `size` bytes, as a stream would give them. */
export async function* chunksOf(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length; start += size) {
    await Promise.resolve();
    yield bytes.slice(start, start + size);
  }
}

/** Every text as one chunk. */
export async function* chunksFrom(texts: Iterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const text of texts) {
    await Promise.resolve();
    yield encoder.encode(text);
  }
}
