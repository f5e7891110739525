import { createHash } from 'node:crypto';
import { fleetPicture } from './fleet/fleet-picture.ts';
import { html, verbatim } from './markup/markup.ts';
import type { Markup } from './markup/markup.ts';
import type { ReportDocument } from './report-document.ts';
import { SCRIPT } from './script.ts';
import { changesSection } from './sections/changes.ts';
import { constraintSection } from './sections/constraints.ts';
import { costSection } from './sections/cost.ts';
import { policySection } from './sections/policies.ts';
import { inputSection, provenanceSection } from './sections/provenance.ts';
import { summarySection } from './sections/summary.ts';
import { workloadsSection } from './sections/workloads.ts';
import { STYLE } from './style/style.ts';

/** One part of the page: what its link and its address are called, and what it holds. */
interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/**
 * A report as one HTML file that asks nothing of a network: style, script, drawings and figures are in it, and its content security policy lets
 * nothing else run or load. Same report, same bytes. Every text of the report is escaped where it stands. Without a script all facts are still
 * there; printed, all folded parts are open.
 */
export function renderHtml(document: ReportDocument): string {
  const sections = sectionsOf(document);
  const links = [{ id: 'summary', title: 'Overview' }, ...sections].map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`,
  );
  const body = sections.map(
    ({ id, title, body: content }) =>
      html`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        ${content}
      </section>`,
  );
  const title = `${document.plan.stack}: ${document.before === undefined ? 'capacity plan' : 'change of a capacity plan'}`;
  return html`${verbatim('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy()}" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="plimsoll ${document.plan.inputs.toolVersion}" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${verbatim(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <nav class="toc" aria-label="Contents">
          <p class="brand">plimsoll</p>
          <ul>
            ${links}
          </ul>
          <button type="button" data-theme-button hidden>Dark</button>
        </nav>
        <main id="main" tabindex="-1">
          ${summarySection(document)}${body}
          <footer>
            <p>
              Stack ${document.plan.inputs.stackFile}, seed ${document.plan.inputs.seed}, plimsoll
              ${document.plan.inputs.toolVersion}, problem
              ${document.plan.inputs.hashes.problem.slice(0, 12)}.
            </p>
          </footer>
        </main>
        <div class="tip" id="tip" aria-hidden="true" hidden></div>
        ${verbatim(`<script>${SCRIPT}</script>`)}
      </body>
    </html> `.markup;
}

function sectionsOf(document: ReportDocument): readonly Section[] {
  const { plan } = document;
  const changes =
    document.before === undefined
      ? []
      : [{ id: 'changes', title: 'Changes', body: changesSection(document) }];
  return [
    ...changes,
    { id: 'fleet', title: 'Fleet', body: fleetPicture(plan) },
    { id: 'workloads', title: 'Workloads', body: workloadsSection(document) },
    { id: 'cost', title: 'Cost', body: costSection(plan) },
    { id: 'constraints', title: 'Constraints', body: constraintSection(plan) },
    { id: 'policies', title: 'Policies', body: policySection(plan) },
    { id: 'provenance', title: 'Assumptions', body: provenanceSection(plan) },
    { id: 'inputs', title: 'Inputs', body: inputSection(plan) },
  ];
}

/** Nothing runs or loads but our own style and script, known by their hashes (CSP level 3, W3C working draft of 2024). */
function contentPolicy(): string {
  return `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
