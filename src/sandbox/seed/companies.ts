import { INDUSTRIES } from '../schema/picklist-values.ts';
import type { Dice } from './dice.ts';
import type { Moments } from './moments.ts';
import { companyName, jobTitle, personName } from './names.ts';
import { type Place, type Region, cleanPlace } from './places.ts';
import { DAY, type SeedBook, dateOf } from './seed-book.ts';
import { REPS, type Staff } from './staff.ts';

export type Company = {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly ownerId: string;
  readonly created: number;
  readonly contacts: readonly SeedContact[];
};

/** The first six of a company's contacts could fill its buying committee: their titles follow `COMMITTEE_TITLES`. */
export type SeedContact = { readonly id: string; readonly email: string };

/** Accounts with their contacts, owned by the reps of their region. */
export function enterCompanies(
  book: SeedBook,
  dice: Dice,
  moments: Moments,
  staff: Staff,
  count: number,
): readonly Company[] {
  return Array.from({ length: count }, (_, number) => enterCompany(book, dice, moments, staff, number));
}

/** The id of a rep who works a region; the rest of the world is everybody's. */
export function repFor(dice: Dice, staff: Staff, region: Region): string {
  const logins = region === 'elsewhere' ? Object.values(REPS).flat() : REPS[region];
  return staff[dice.pick(logins)]!;
}

function enterCompany(book: SeedBook, dice: Dice, moments: Moments, staff: Staff, number: number): Company {
  const { name, domain } = companyName(dice, number);
  const place = cleanPlace(dice);
  const ownerId = repFor(dice, staff, place.region);
  const created = moments(book.ago(50), book.ago(30));
  const isCustomer = dice.chance(0.4);
  const id = book.enter(
    'Account',
    {
      Name: name,
      Type: isCustomer ? 'Customer' : 'Prospect',
      Status__c: dice.chance(0.06) ? 'Inactive' : 'Active',
      Website: dice.pick([`https://www.${domain}`, domain, `http://${domain}/en`]),
      Phone: phone(dice),
      Industry: dice.pick(INDUSTRIES),
      NumberOfEmployees: headcount(dice),
      OwnerId: ownerId,
      CreatedById: ownerId,
      BillingCity: place.city,
      BillingState: place.state,
      BillingPostalCode: place.postalCode,
      BillingCountry: place.country,
      LastActivityDate: dice.chance(0.8) ? dateOf(moments(book.ago(45), book.ago(1))) : null,
    },
    created,
  );
  const contacts = enterContacts(book, dice, moments, { id, domain, ownerId, place, created });
  return { id, name, domain, ownerId, created, contacts };
}

type Employer = Pick<Company, 'id' | 'domain' | 'ownerId' | 'created'> & { readonly place: Place };

function enterContacts(book: SeedBook, dice: Dice, moments: Moments, employer: Employer): readonly SeedContact[] {
  const titles = [...COMMITTEE_TITLES.map((choices) => dice.pick(choices)), ...extraTitles(dice)];
  return titles.map((title, index) => {
    const person = personName(dice);
    const email = `${person.login}${index}@${employer.domain}`;
    const created = moments(employer.created, book.ago(20));
    const bounced = dice.chance(0.03) ? created + 5 * DAY : null;
    const id = book.enter(
      'Contact',
      {
        AccountId: employer.id,
        FirstName: person.first,
        LastName: person.last,
        Name: [person.first, person.last].filter((part) => part !== null).join(' '),
        Email: email,
        Title: title,
        Phone: phone(dice),
        MailingCity: employer.place.city,
        MailingCountry: employer.place.country,
        OwnerId: employer.ownerId,
        CreatedById: employer.ownerId,
        HasOptedOutOfEmail: dice.chance(0.05),
        No_Longer_At_Company__c: dice.chance(0.04),
        Do_Not_Associate__c: dice.chance(0.03),
        EmailBouncedDate: bounced === null ? null : new Date(bounced).toISOString().replace('Z', '+0000'),
        EmailBouncedReason: bounced === null ? null : '550 no such mailbox',
        IsEmailBounced: bounced !== null,
      },
      created,
    );
    return { id, email };
  });
}

function extraTitles(dice: Dice): readonly string[] {
  return Array.from({ length: dice.between(0, 4) }, () => jobTitle(dice));
}

/** Employees, in the sizes that segments tell apart, sometimes unknown. */
export function headcount(dice: Dice): number | null {
  const [least, most] = dice.weighted<readonly [number, number]>([
    [35, [1, 99]],
    [35, [100, 999]],
    [20, [1000, 60_000]],
    [2, [100, 100]],
    [2, [1000, 1000]],
    [6, [0, 0]],
  ]);
  return most === 0 ? null : dice.between(least, most);
}

/** A number out of the ranges that are kept for fiction. */
export function phone(dice: Dice): string {
  return dice.pick([
    `+1 555 01${dice.between(10, 99)}`,
    `+44 20 7946 0${dice.between(100, 999)}`,
    `+49 30 23125 ${dice.between(100, 999)}`,
  ]);
}

/** Titles that hint at the economic buyer, champion, technical buyer, procurement, sponsor and user. */
const COMMITTEE_TITLES: readonly (readonly string[])[] = [
  ['CFO', 'VP Finance', 'Managing Director', 'CEO'],
  ['Head of Operations', 'Plant Manager', 'Director of Engineering'],
  ['Systems Architect', 'Lead Engineer', 'CTO'],
  ['Procurement Lead', 'Head of Purchasing', 'General Counsel'],
  ['SVP Supply Chain', 'EVP Strategy'],
  ['Production Planner', 'Quality Analyst'],
];
