import type { ContactRoleRuling } from './contact-role-ruling.ts';
import type { Suggestion } from './suggest-contacts.ts';

/** The description of a task: what is missing, whom to engage, who could be added. Names nobody; contacts are ids. */
export function writeTaskText(ruling: ContactRoleRuling, suggestions: readonly Suggestion[]): string {
  return [
    `${ruling.requiredBy ?? 'This stage'} needs more of the buying committee: ${ruling.coverage ?? ''} is there.`,
    `Missing: ${ruling.missing.join('; ')}`,
    ...(ruling.notEngaged.length === 0 ? [] : [`Engage next: ${ruling.notEngaged.join('; ')}`]),
    ...suggestions.map(writeSuggestion),
    'This task closes itself once the committee is complete.',
  ].join('\n');
}

function writeSuggestion({ contactId, role, evidence }: Suggestion): string {
  return `Suggested: ${contactId} as ${role} (${evidence.map(({ source }) => source).join(', ')})`;
}
