import type { Company, SeedContact } from './companies.ts';
import type { Dice } from './dice.ts';

/** A row that a seller has entered, or has not thought of. */
export type SeedRole = { readonly contact: SeedContact; readonly role: string | null; readonly isPrimary: boolean };

/** How well the people on a deal are kept. */
export type Care =
  | 'complete'
  | 'none'
  | 'short'
  | 'no-buyer'
  | 'blank'
  | 'duplicate'
  | 'unmapped'
  | 'partner'
  | 'no-primary'
  | 'blanket';

/** What real pipelines look like. */
export function someCare(dice: Dice): Care {
  return dice.weighted<Care>([
    [30, 'complete'],
    [18, 'none'],
    [18, 'short'],
    [10, 'no-buyer'],
    [10, 'blank'],
    [5, 'duplicate'],
    [3, 'unmapped'],
    [3, 'partner'],
    [4, 'no-primary'],
    [2, 'blanket'],
  ]);
}

/** The role rows of a deal at a stage. */
export function committeeOf(dice: Dice, company: Company, stage: string, care: Care): readonly SeedRole[] {
  const complete = completeCommittee(dice, company, stage);
  switch (care) {
    case 'complete':
      return complete;
    case 'none':
      return [];
    case 'short':
      return complete.slice(0, Math.max(0, complete.length - dice.between(1, 2)));
    case 'no-buyer':
      return complete.filter(({ contact }) => contact !== company.contacts[0]);
    case 'blank':
      // What the conversion of a lead leaves behind: a primary contact without a role.
      return [{ contact: dice.pick(company.contacts), role: null, isPrimary: true }];
    case 'duplicate':
      return complete.flatMap((row, index) => (index === 0 ? [row, { ...row, isPrimary: false }] : [row]));
    case 'unmapped':
      return complete.map((row, index) => (index === 1 ? { ...row, role: 'Gatekeeper' } : row));
    case 'partner':
      return complete.slice(0, 2).map((row) => ({ ...row, role: dice.pick(['Partner', 'Reseller']) }));
    case 'no-primary':
      return complete.map((row) => ({ ...row, isPrimary: false }));
    case 'blanket':
  }
  return company.contacts.map((contact, index) => ({ contact, role: 'Other', isPrimary: index === 0 }));
}

function completeCommittee(dice: Dice, company: Company, stage: string): readonly SeedRole[] {
  const size = COMMITTEE_SIZES[stage] ?? 0;
  return SEATS.slice(0, size).map(({ seat, roles }, index) => ({
    contact: company.contacts[seat]!,
    role: dice.pick(roles),
    isPrimary: index === 0,
  }));
}

/** Who is asked first; `seat` is the place among the company's contacts. */
const SEATS = [
  { seat: 1, roles: ['Champion', 'Champion', 'Influencer'] },
  { seat: 2, roles: ['Technical Buyer', 'Evaluator'] },
  { seat: 0, roles: ['Economic Buyer', 'Decision Maker', 'Economic Decision Maker'] },
  { seat: 3, roles: ['Procurement', 'Legal'] },
  { seat: 5, roles: ['Business User', 'Other'] },
  { seat: 4, roles: ['Executive Sponsor'] },
] as const;

const COMMITTEE_SIZES: Readonly<Record<string, number>> = {
  Prospecting: 0,
  Qualification: 1,
  'Needs Analysis': 2,
  'Value Proposition': 3,
  'Id. Decision Makers': 3,
  'Perception Analysis': 3,
  'Proposal/Price Quote': 3,
  'Negotiation/Review': 6,
  'Closed Won': 5,
  'Closed Lost': 2,
};
