import type { ASTNode } from '@marcbachmann/cel-js';
import { celEnvironment } from '../cel-environment.ts';
import { hindered, translated } from './obstacle.ts';
import type { Obstacle, Translation } from './obstacle.ts';
import {
  bindsName,
  isIdentifier,
  isRe2,
  isServerFunction,
  isServerName,
  serverVariable,
} from './server-functions.ts';

/** An expression for an API server and which of the rule's own names it reads. */
export interface ServerExpression {
  readonly text: string;
  /** Names of the rule's variables that it reads. */
  readonly variables: ReadonlySet<string>;
  /** Names of the parameters that it reads; `EVERY_PARAMETER` among them where they are not all told by name. */
  readonly parameters: ReadonlySet<string>;
}

/** Stands for all parameters; no parameter can have this name. */
export const EVERY_PARAMETER = '*';

/** What names of the planner are called in the policy. */
export interface ServerNames {
  /** Name of the variable that holds the parameters, below `variables`. */
  readonly parameters: string;
}

/** Names that only exist where a plan is judged. */
const OFFLINE_NAMES: readonly string[] = ['plan', 'problem', 'manifests'];

/**
 * An expression of a rule on manifests as an API server writes it: `self` becomes `object` and `params` a variable; everything
 * else stays as it was typed. Obstacles: `reads-plan`, `offline-function`, `regular-expression`, `bound-name`,
 * `variables`, `mixed-literal`, `invalid`. Cost: linear in the text.
 */
export function translateCel(text: string, names: ServerNames): Translation<ServerExpression> {
  const environment = celEnvironment('server');
  const check = environment.check(text);
  if (!check.valid) {
    const isMixed = celEnvironment('admission').check(text).valid;
    return isMixed
      ? hindered('mixed-literal', 'holds values of several types in one list or map; write dyn() around them')
      : hindered('invalid', 'is not valid');
  }
  const findings = inspect(environment.parse(text).ast);
  const [obstacle] = findings.obstacles;
  if (obstacle !== undefined) return { ok: false, obstacle };
  const replaced = [...findings.places]
    .sort((a, b) => b.start - a.start)
    .reduce((result, place) => {
      return `${result.slice(0, place.start)}${called(place.name, names)}${result.slice(place.end)}`;
    }, text);
  return translated({ text: replaced, variables: findings.variables, parameters: findings.parameters });
}

/** What a name of a rule is in a policy: `self`, `params`, or one of its variables. */
function called(name: string, names: ServerNames): string {
  if (name === 'self') return 'object';
  return name === 'params' ? `variables.${names.parameters}` : serverVariable(name);
}

interface Findings {
  /** Where `self`, `params` and names of variables with a reserved name stand. */
  readonly places: { readonly name: string; readonly start: number; readonly end: number }[];
  readonly obstacles: Obstacle[];
  readonly variables: Set<string>;
  readonly parameters: Set<string>;
}

function inspect(root: ASTNode): Findings {
  const findings: Findings = {
    places: [],
    obstacles: [],
    variables: new Set(),
    parameters: new Set(),
  };
  visit(root, new Set(), findings);
  return findings;
}

type Bound = ReadonlySet<string>;

/** Walks an expression; `bound` holds the names that macros around it bind. */
function visit(node: unknown, bound: Bound, findings: Findings): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, bound, findings);
    return;
  }
  if (!isNode(node)) return;
  switch (node.op) {
    case 'value':
      return;
    case 'id':
      return visitName(node, bound, findings);
    case 'call':
      return visitCall(node, bound, findings);
    case 'rcall':
      return visitMethod(node, bound, findings);
    default:
      return visitFields(node, bound, findings);
  }
}

interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function visitName(node: Node, bound: Bound, findings: Findings): void {
  const name = String(node.args);
  if (bound.has(name)) return;
  const { start, end } = node;
  if (name === 'self' || name === 'params') findings.places.push({ name, start, end });
  if (name === 'params') findings.parameters.add(EVERY_PARAMETER);
  if (name === 'variables') {
    findings.obstacles.push({ code: 'variables', text: 'reads variables otherwise than as variables.NAME' });
  }
  if (OFFLINE_NAMES.includes(name)) {
    findings.obstacles.push({ code: 'reads-plan', text: `reads ${name}, which admission does not see` });
  }
  if (name === 'google' || name === 'cel') findings.obstacles.push(offlineFunction(name));
}

/** A field; `variables.NAME` and `params.NAME` say which variable or parameter is read. */
function visitFields(node: Node, bound: Bound, findings: Findings): void {
  const [receiver, field] = Array.isArray(node.args) ? (node.args as readonly unknown[]) : [];
  const owner = isNode(receiver) && receiver.op === 'id' ? String(receiver.args) : '';
  if (node.op !== '.' || typeof field !== 'string' || bound.has(owner)) {
    visit(node.args, bound, findings);
  } else if (owner === 'variables') {
    findings.variables.add(field);
    const { end } = node;
    if (!isIdentifier(field)) findings.places.push({ name: field, start: end - field.length, end });
  } else if (owner === 'params' && isNode(receiver)) {
    findings.parameters.add(field);
    findings.places.push({ name: owner, start: receiver.start, end: receiver.end });
  } else {
    visit(node.args, bound, findings);
  }
}

function visitCall(node: Node, bound: Bound, findings: Findings): void {
  const [name, args] = node.args as readonly [string, readonly unknown[]];
  if (!isServerFunction(name, 'global')) findings.obstacles.push(offlineFunction(name));
  visit(args, bound, findings);
}

function visitMethod(node: Node, bound: Bound, findings: Findings): void {
  const [name, receiver, args] = node.args as readonly [string, unknown, readonly unknown[]];
  if (!isServerFunction(name, 'method')) findings.obstacles.push(offlineFunction(name));
  visit(receiver, bound, findings);
  const [first, ...rest] = args;
  if (bindsName(name) && isNode(first) && first.op === 'id') {
    const variable = String(first.args);
    if (isServerName(variable)) findings.obstacles.push(boundName(variable));
    return visit(rest, new Set([...bound, variable]), findings);
  }
  if (name === 'matches') findings.obstacles.push(...patternObstacles(first));
  visit(args, bound, findings);
}

function patternObstacles(pattern: unknown): readonly Obstacle[] {
  if (!isNode(pattern) || pattern.op !== 'value' || typeof pattern.args !== 'string') return [];
  if (isRe2(pattern.args)) return [];
  const text = `uses the pattern ${JSON.stringify(pattern.args)}, which RE2 of the API server does not know`;
  return [{ code: 'regular-expression', text }];
}

function offlineFunction(name: string): Obstacle {
  return { code: 'offline-function', text: `uses ${name}, which the API server does not have` };
}

function boundName(name: string): Obstacle {
  return { code: 'bound-name', text: `binds the name ${name}, which means something to the API server` };
}
