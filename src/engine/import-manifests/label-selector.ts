import { fieldsOf, listOf, recordsOf, textEntries, textOf } from './fields.ts';

/** Whether a Kubernetes label selector matches `labels`; an empty selector matches everything, none at all nothing. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined || selector === null) return false;
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  return (
    textEntries(matchLabels).every(([key, value]) => labels[key] === value) &&
    recordsOf(matchExpressions).every((expression) => {
      const value = labels[textOf(expression['key']) ?? ''];
      const values = listOf(expression['values']).map(textOf);
      const operator = textOf(expression['operator']);
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      return operator === 'Exists' ? value !== undefined : operator === 'DoesNotExist' && value === undefined;
    })
  );
}
