import { writeInstant } from '../../domain/instant.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import type { Candidate } from './opportunity-view.ts';
import type { Suggestion } from './suggest-contacts.ts';

/** The description of a task: what is missing, whom to engage, who could be added and what speaks for them (C20). */
export function writeTaskText(
  ruling: ContactRoleRuling,
  suggestions: readonly Suggestion[],
  candidates: readonly Candidate[],
): string {
  return [
    ...writeGap(ruling),
    ...suggestions.map((suggestion) => writeSuggestion(suggestion, candidates)),
    CLOSES_ITSELF,
  ].join('\n');
}

/** Whether a description looks like one of ours, with nothing added at its end. */
export function isTaskText(description: string): boolean {
  return description.includes(LACKS) && description.endsWith(CLOSES_ITSELF);
}

export const CLOSES_ITSELF = 'This task closes itself once the committee is complete.';
const LACKS = ' needs more of the buying committee: ';

/** What a deal lacks, a line each. */
export function writeGap(ruling: ContactRoleRuling): readonly string[] {
  return [
    `${ruling.requiredBy ?? 'This stage'}${LACKS}${ruling.coverage ?? ''} is there.`,
    `Missing: ${ruling.missing.join('; ')}`,
    ...(ruling.notEngaged.length === 0 ? [] : [`Engage next: ${ruling.notEngaged.join('; ')}`]),
  ];
}

function writeSuggestion({ contactId, role, evidence }: Suggestion, candidates: readonly Candidate[]): string {
  const contact = candidates.find((candidate) => candidate.contactId === contactId)?.contact ?? {};
  const person = [contact['Name'], contact['Title'], contactId].filter((part) => typeof part === 'string');
  return `Suggested: ${person.join(', ')} as ${role} (${evidence.map(writeEvidence).join(', ')})`;
}

function writeEvidence({ source, at }: Suggestion['evidence'][number]): string {
  return at === null ? source : `${source} ${writeInstant(at).slice(0, 10)}`;
}
