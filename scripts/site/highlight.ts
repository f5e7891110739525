import highlight from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import css from 'highlight.js/lib/languages/css';
import json from 'highlight.js/lib/languages/json';
import javascript from 'highlight.js/lib/languages/javascript';
import shell from 'highlight.js/lib/languages/shell';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { escapeHtml } from './html.ts';

const LANGUAGES = { bash, css, json, javascript, shell, typescript, xml, yaml } as const;
for (const [name, language] of Object.entries(LANGUAGES)) highlight.registerLanguage(name, language);

const ALIASES: Readonly<Record<string, string>> = {
  sh: 'bash',
  console: 'shell',
  ts: 'typescript',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  yml: 'yaml',
  html: 'xml',
  svg: 'xml',
};

/** Code as HTML with classes `hljs-…`; a language that is not known is escaped and left plain. */
export function highlighted(code: string, language: string): string {
  const name = ALIASES[language] ?? language;
  return name in LANGUAGES
    ? highlight.highlight(code, { language: name, ignoreIllegals: true }).value
    : escapeHtml(code);
}
