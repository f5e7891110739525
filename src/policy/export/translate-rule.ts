import type { Waiver } from '../../model/index.ts';
import type { BoundRule } from '../bind-rules.ts';
import type { CelRule, NamedExpression, RemediationStep } from '../rule.ts';
import type { Parameters } from '../scene.ts';
import type { AdmissionRule } from './admission-rule.ts';
import { celValue } from './cel-text.ts';
import { translateMatch } from './match-resources.ts';
import { hindered, translated } from './obstacle.ts';
import type { Translation } from './obstacle.ts';
import { serverVariable } from './server-functions.ts';
import { serverMessage } from './server-message.ts';
import { EVERY_PARAMETER, translateCel } from './translate-cel.ts';
import type { ServerExpression, ServerNames } from './translate-cel.ts';

/** What a rule is translated with. */
export interface TranslationPlace {
  /** Name of the policy objects. */
  readonly name: string;
  /** Waivers of this rule that count on the day of the export. */
  readonly waivers: readonly Waiver[];
}

/**
 * A rule of a pack as an API server can enforce it: its expressions with parameters resolved, its match as resources and
 * conditions, its message as an expression. The verdict on an object is the one offline, with one difference: the server
 * judges the object with its defaults filled in. Obstacles: all of `ObstacleCode`.
 */
export function translateRule(bound: BoundRule, place: TranslationPlace): Translation<AdmissionRule> {
  const { rule } = bound.compiled;
  if (rule.target !== 'manifest') {
    return hindered('judges-plan', `judges the ${rule.target}, which is no object of the cluster`);
  }
  if (rule.language === 'typescript') return hindered('typescript', 'is written in TypeScript');
  const everywhere = place.waivers.find((waiver) => waiver.subject === '*');
  if (everywhere !== undefined) {
    return hindered('waived', `is waived for every object up to ${everywhere.expires}`);
  }
  return translateCelRule(rule, bound, place);
}

function translateCelRule(
  rule: CelRule,
  bound: BoundRule,
  { name, waivers }: TranslationPlace,
): Translation<AdmissionRule> {
  // Names of variables hold no `_`, so this one is never taken.
  const isTaken = rule.variables.some((variable) => variable.name === 'params');
  const names = { parameters: isTaken ? 'params_' : 'params' };
  const condition = translateCondition(rule, names);
  if (!condition.ok) return condition;
  const match = translateMatch(rule.match);
  if (!match.ok) return match;
  const title = `[${bound.pack}/${rule.id}] `;
  const facts = { names, parameters: bound.parameters };
  const canRead = (reads: readonly ServerExpression[]) => translateVariables(rule.variables, reads, facts).ok;
  const written = serverMessage(rule.message, title, names);
  const message = written !== undefined && canRead([written]) ? written : undefined;
  const wanted = translateRepairs(rule.remediate, names);
  const repairs = canRead(wanted.reads) ? wanted : { steps: [], reads: [] };
  const reads = [condition.value, ...(message === undefined ? [] : [message]), ...repairs.reads];
  const variables = translateVariables(rule.variables, reads, facts);
  if (!variables.ok) return variables;
  return translated({
    name,
    pack: bound.pack,
    facts: rule,
    level: bound.level,
    match: match.value,
    variables: variables.value,
    condition: condition.value.text,
    message: oneLine(`${title}${rule.title}`),
    ...(message === undefined ? {} : { messageExpression: message.text }),
    waivers,
    repairs: repairs.steps,
  });
}

/**
 * `when` and the condition as one expression. A conditional, not an `or`: CEL lets `or` swallow an error of one side, but
 * offline a `when` that fails is a violation whatever the condition says.
 */
function translateCondition(rule: CelRule, names: ServerNames): Translation<ServerExpression> {
  const condition = translateCel(rule.condition, names);
  if (!condition.ok || rule.match.when === undefined) return condition;
  const when = translateCel(rule.match.when, names);
  if (!when.ok) return when;
  return translated({
    text: `(${when.value.text}) ? (${condition.value.text}) : true`,
    variables: new Set([...when.value.variables, ...condition.value.variables]),
    parameters: new Set([...when.value.parameters, ...condition.value.parameters]),
  });
}

interface VariableFacts {
  readonly names: ServerNames;
  readonly parameters: Parameters;
}

/** The variables that `reads` need, directly or through each other, and the parameters first where any of them is read. */
function translateVariables(
  variables: readonly NamedExpression[],
  reads: readonly ServerExpression[],
  { names, parameters }: VariableFacts,
): Translation<readonly NamedExpression[]> {
  const needed = new Set(reads.flatMap((item) => [...item.variables]));
  const read = new Set(reads.flatMap((item) => [...item.parameters]));
  const result: NamedExpression[] = [];
  for (const { name, expression } of [...variables].reverse()) {
    if (!needed.has(name)) continue;
    const server = translateCel(expression, names);
    if (!server.ok) return server;
    for (const variable of server.value.variables) needed.add(variable);
    for (const parameter of server.value.parameters) read.add(parameter);
    result.unshift({ name: serverVariable(name), expression: server.value.text });
  }
  if (read.size === 0) return translated(result);
  const values = Object.entries(parameters).filter(([name]) => read.has(name) || read.has(EVERY_PARAMETER));
  const literal = { name: names.parameters, expression: celValue(Object.fromEntries(values)) };
  return translated([literal, ...result]);
}

interface Repairs {
  readonly steps: readonly RemediationStep[];
  readonly reads: readonly ServerExpression[];
}

/** Repairs with their expressions for the server; none at all when one of them cannot be written there. */
function translateRepairs(steps: readonly RemediationStep[], names: ServerNames): Repairs {
  const reads: ServerExpression[] = [];
  const result: RemediationStep[] = [];
  for (const step of steps) {
    const expression = step.expression === undefined ? undefined : translateCel(step.expression, names);
    const when = step.when === undefined ? undefined : translateCel(step.when, names);
    if (expression?.ok === false || when?.ok === false) return { steps: [], reads: [] };
    reads.push(...[expression, when].flatMap((item) => (item?.ok === true ? [item.value] : [])));
    result.push({
      path: step.path,
      ...(step.value === undefined ? {} : { value: step.value }),
      ...(expression === undefined ? {} : { expression: expression.value.text }),
      ...(when === undefined ? {} : { when: when.value.text }),
    });
  }
  return { steps: result, reads };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
