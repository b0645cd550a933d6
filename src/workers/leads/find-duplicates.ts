import { readInstant, type Instant } from '../../domain/instant.ts';
import type { Fields, Row } from '../../domain/record.ts';
import { quoteList, selectWhere } from '../../poll/soql.ts';
import type { Query } from '../../ports.ts';
import type { DuplicateCandidate } from '../../rules/routing/route-input.ts';
import type { RoutingRules } from '../../rules/routing/routing-rules.ts';
import { fold } from '../../rules/text/fold.ts';

/** Other records by the address that they share, each record once; leads given away meanwhile are noted anew (RE5). */
export type Duplicates = {
  of(email: unknown): readonly DuplicateCandidate[];
  note(candidate: DuplicateCandidate): void;
};

const FIELDS = ['Email', 'OwnerId', 'CreatedDate', 'LastActivityDate'];

/** Asks for the leads and contacts with the addresses of these leads (R3): one query per object. */
export function duplicateQueries(
  leads: readonly Fields[],
  { stickyDuplicate, steps }: RoutingRules,
): readonly (Query & { readonly object: 'Lead' | 'Contact' })[] {
  const emails = new Set(leads.flatMap(({ Email: email }) => (isText(email) ? [email.trim()] : [])));
  if (stickyDuplicate === null || !steps.includes('sticky_duplicate') || emails.size === 0) return [];
  const where = `Email IN (${quoteList([...emails])})`;
  return stickyDuplicate.objects.map((object) =>
    object === 'Lead'
      ? { object, soql: selectWhere('Lead', [...FIELDS, 'Status'], `${where} AND IsConverted = false`) }
      : { object, soql: selectWhere('Contact', FIELDS, where) },
  );
}

/** @param closed  the statuses, folded, of leads that nobody works on any more */
export function readDuplicate(object: 'Lead' | 'Contact', row: Row, closed: ReadonlySet<string>): DuplicateCandidate {
  const { Email: email = null, Status: status, LastActivityDate: touched } = row;
  return {
    object,
    id: String(row['Id']),
    email: typeof email === 'string' ? email : null,
    ownerId: String(row['OwnerId']),
    isOpen: object === 'Contact' || !(isText(status) && closed.has(fold(status))),
    createdAt: readInstant(String(row['CreatedDate'])),
    touchedAt: typeof touched === 'string' ? startOfDay(touched) : null,
  };
}

export function indexDuplicates(candidates: Iterable<DuplicateCandidate>): Duplicates {
  const byEmail = new Map<string, Map<string, DuplicateCandidate>>();
  const duplicates: Duplicates = {
    of: (email) => (isText(email) ? [...(byEmail.get(fold(email))?.values() ?? [])] : []),
    note(candidate) {
      if (candidate.email === null) return;
      const address = fold(candidate.email);
      const same = byEmail.get(address) ?? new Map<string, DuplicateCandidate>();
      byEmail.set(address, same.set(candidate.id, candidate));
    },
  };
  for (const candidate of candidates) duplicates.note(candidate);
  return duplicates;
}

/** The org tells only the day of an activity. */
function startOfDay(date: string): Instant {
  return readInstant(`${date.slice(0, 10)}T00:00:00Z`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
