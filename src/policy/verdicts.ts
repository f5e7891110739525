import { diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic, DiagnosticCode, DiagnosticFacts } from '../diagnostics/index.ts';
import type { PolicyVerdict, Waiver } from '../model/index.ts';
import type { BoundRule } from './bind-rules.ts';
import type { Judgement } from './compile-rule.ts';
import type { RepairAttempt } from './remediate.ts';
import { subjectName } from './scene.ts';
import type { Subject } from './scene.ts';

/** A judgement with everything that decides how it counts. */
export interface JudgedSubject {
  readonly bound: BoundRule;
  readonly subject: Subject;
  readonly judgement: Exclude<Judgement, { readonly outcome: 'not-applicable' }>;
  readonly repair?: RepairAttempt;
  readonly waiver?: Waiver;
}

/** How a judgement counts. A failed evaluation counts as a violation. */
export function verdictOf(judged: JudgedSubject): PolicyVerdict {
  const { rule } = judged.bound.compiled;
  const outcome = outcomeOf(judged);
  return {
    rule: rule.id,
    pack: judged.bound.pack,
    level: judged.bound.level,
    title: rule.title,
    subject: subjectName(judged.subject),
    outcome,
    message: messageOf(judged),
    remediation: outcome === 'pass' ? '' : rule.remediation,
    reference: rule.reference,
    ...(judged.waiver === undefined ? {} : { waiver: judged.waiver }),
  };
}

/** What to tell the user about a judgement; nothing about a pass. */
export function reportVerdict(judged: JudgedSubject): readonly Diagnostic[] {
  const report = (code: DiagnosticCode, facts: Partial<DiagnosticFacts> = {}) =>
    diagnostic(code, { ...factsOf(judged), ...facts });
  const { judgement } = judged;
  const isAdvisory = judged.bound.level === 'advisory';
  switch (outcomeOf(judged)) {
    case 'pass':
      return [];
    case 'remediated':
      return [report('policy-remediated')];
    case 'waived':
      return [report('policy-waived', { detail: waiverText(judged.waiver) })];
    case 'violation':
      if (judgement.outcome === 'failed') {
        const severity = isAdvisory ? 'warning' : 'error';
        return [
          report('policy-evaluation-failed', { severity, fix: 'Correct the rule, or the value it reads.' }),
        ];
      }
      return [report(isAdvisory ? 'policy-advice' : 'policy-violation'), ...messageReports(judged)];
  }
}

function outcomeOf({ judgement, waiver, repair }: JudgedSubject): PolicyVerdict['outcome'] {
  if (judgement.outcome === 'pass') return repair === undefined ? 'pass' : 'remediated';
  return waiver === undefined ? 'violation' : 'waived';
}

function messageOf({ judgement, repair }: JudgedSubject): string {
  if (judgement.outcome === 'pass') return repair?.message ?? '';
  if (judgement.outcome === 'failed') return `could not be evaluated: ${judgement.problem}`;
  if (repair === undefined) return judgement.message;
  const reason = repair.problem ?? 'it is still violated afterwards';
  return `${judgement.message} (remediation failed: ${reason})`;
}

function factsOf(judged: JudgedSubject): DiagnosticFacts {
  const { rule } = judged.bound.compiled;
  const reference = rule.reference === '' ? '' : `See ${rule.reference}.`;
  return {
    summary: `${subjectName(judged.subject)} [${judged.bound.pack}/${rule.id}]: ${messageOf(judged)}`,
    detail: [rule.why, reference].filter((text) => text !== '').join(' '),
    path: judged.subject.path,
    fix: rule.remediation === '' ? undefined : rule.remediation,
  };
}

/** A message that could not be rendered must not hide that its rule is broken. */
function messageReports(judged: JudgedSubject): readonly Diagnostic[] {
  if (judged.judgement.outcome !== 'violation') return [];
  return judged.judgement.messageProblems.map((problem) =>
    diagnostic('policy-evaluation-failed', {
      ...factsOf(judged),
      severity: 'warning',
      summary: `The message of rule "${judged.bound.pack}/${judged.bound.compiled.rule.id}" failed: ${problem}.`,
      fix: 'Correct the message of the rule.',
    }),
  );
}

function waiverText(waiver: Waiver | undefined): string {
  return waiver === undefined ? '' : `Waived by ${waiver.owner} up to ${waiver.expires}: ${waiver.reason}.`;
}
