import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { SCRIPT } from './script.ts';

describe('the script of the page', () => {
  it('is a script that a browser can read', () => {
    expect(() => new Script(SCRIPT)).not.toThrow();
  });

  it('makes no markup, asks no network, keeps nothing and runs no text', () => {
    expect(SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp|import\(|Storage|cookie/,
    );
  });

  it('cannot end the element that it stands in', () => {
    expect(SCRIPT).not.toMatch(/<\/|<!--/);
  });

  it('stays small', () => {
    expect(SCRIPT.length).toBeLessThan(8000);
  });
});
