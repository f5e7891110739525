import { tryRead } from './parse-quantities.ts';
import type { DocumentSegments, Finding } from './parse-report.ts';
import type { Salvaged } from './parse-salvage.ts';
import type { RequestClassDocument, ServiceDocument } from './service-document.ts';

/** What is wrong with the request classes of a service beyond their shape: ids, and rates that are absent or zero. */
export function checkServiceTraffic(
  { requestClasses }: Salvaged<ServiceDocument>,
  place: DocumentSegments,
): Finding[] {
  const classes = requestClasses ?? [];
  return classes.flatMap((item, index): Finding[] => {
    if (item === undefined) return [];
    const at = [...place, 'requestClasses', index];
    const isRepeated = classes.slice(0, index).some((other) => other?.id === item.id);
    return [
      ...(item.id !== undefined && isRepeated
        ? [
            {
              code: 'model-duplicate-id' as const,
              at: [...at, 'id'],
              summary: `Another class of this service is called "${item.id}" too.`,
              fix: 'Rename one of them.',
            },
          ]
        : []),
      ...checkRates(item, at),
    ];
  });
}

function checkRates(item: Salvaged<RequestClassDocument>, at: DocumentSegments): Finding[] {
  if (!Object.hasOwn(item, 'meanRate') && !Object.hasOwn(item, 'hourlyRate')) {
    return [
      {
        code: 'model-missing-field',
        at: [...at, 'meanRate'],
        summary: 'The class needs a rate.',
        fix: 'Add meanRate, such as "12/s", or hourlyRate with 168 rates.',
      },
    ];
  }
  const { hourlyRate } = item;
  return [
    ...(tryRead('rate', item.meanRate) === 0
      ? [
          {
            code: 'model-out-of-range' as const,
            at: [...at, 'meanRate'],
            summary: 'A mean rate of zero is no traffic.',
            fix: 'State a rate above zero, or remove the class.',
          },
        ]
      : []),
    ...(hourlyRate?.length === 168 && hourlyRate.every((rate) => rate === 0)
      ? [
          {
            code: 'model-out-of-range' as const,
            at: [...at, 'hourlyRate'],
            summary: 'All hourly rates are zero.',
            fix: 'State at least one rate above zero.',
          },
        ]
      : []),
  ];
}
