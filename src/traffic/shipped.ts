import { diagnostic, failure, success, suggestion } from '../diagnostics/index.ts';
import type { Outcome } from '../diagnostics/index.ts';
import type { ArrivalProfile } from '../model/index.ts';
import arxivSummarization from './profiles/arxiv-summarization.json' with { type: 'json' };
import azureCode from './profiles/azure-llm-2023-code.json' with { type: 'json' };
import azureConversation from './profiles/azure-llm-2023-conversation.json' with { type: 'json' };
import mooncakeConversation from './profiles/mooncake-conversation.json' with { type: 'json' };
import mooncakeSynthetic from './profiles/mooncake-synthetic.json' with { type: 'json' };
import sharegpt from './profiles/sharegpt.json' with { type: 'json' };

/** Written by scripts/fit-profiles.ts; a test holds them to the invariants of `ArrivalProfile`. */
const SHIPPED = [
  arxivSummarization,
  azureCode,
  azureConversation,
  mooncakeConversation,
  mooncakeSynthetic,
  sharegpt,
] as unknown as readonly ArrivalProfile[];

/** The profiles that come with the program, sorted by name; each states its source and licence. */
export function shippedProfiles(): readonly ArrivalProfile[] {
  return SHIPPED;
}

/** The shipped profile of a name, case not counting. Errors: `traffic-unknown-profile`, with the closest name. */
export function findProfile(name: string): Outcome<ArrivalProfile> {
  const wanted = name.toLowerCase();
  const profile = SHIPPED.find((item) => item.name === wanted);
  if (profile !== undefined) return success(profile);
  const names = SHIPPED.map((item) => item.name);
  return failure(
    diagnostic('traffic-unknown-profile', {
      summary: `No traffic profile is called "${name}".`,
      detail: `Shipped profiles: ${names.join(', ')}.`,
      path: name,
      fix: suggestion(
        name,
        names,
        'Use one of the shipped profiles, a trace file, or state the traffic yourself.',
      ),
    }),
  );
}
