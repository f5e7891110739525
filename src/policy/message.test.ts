import { describe, expect, it } from 'vitest';
import { compileMessage } from './message.ts';

function render(text: string, self: unknown) {
  const compiled = compileMessage(text, 'planning');
  if (!compiled.ok) throw new Error(compiled.problems.join());
  return compiled.template.render({ self });
}

describe('a message', () => {
  it('prints numbers, lists and maps as plain text', () => {
    const self = { n: 3n, x: 0.25, list: ['a', 'b'], map: { k: 'v' } };
    expect(render('{{ self.n }} of {{self.x}}: {{ self.list }} ({{ self.map }})', self).text).toBe(
      '3 of 0.25: a, b (k: v)',
    );
  });

  it('never reads a value as a template and keeps it on one line', () => {
    const self = { id: '{{ self.secret }}\n## heading\u001b[31m\u202e', secret: 'leaked' };
    expect(render('name {{ self.id }}', self).text).toBe('name {{ self.secret }} ## heading [31m ');
  });

  it('prints a question mark for a fragment that fails and says why', () => {
    const rendered = render('{{ self.absent }} replicas', {});
    expect(rendered.text).toBe('? replicas');
    expect(rendered.problems[0]).toContain('No such key: absent');
  });

  it('is refused when a fragment does not compile', () => {
    const compiled = compileMessage('{{ self. }} and {{ nope }}', 'planning');
    expect(!compiled.ok && compiled.problems.length).toBe(2);
  });
});
