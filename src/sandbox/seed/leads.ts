import { writeStamp } from '../org-clock.ts';
import { INDUSTRIES } from '../schema/picklist-values.ts';
import type { StoredRecord } from '../types.ts';
import { type Company, headcount, phone, repFor } from './companies.ts';
import type { Setup } from './company-setup.ts';
import type { Deal } from './deals.ts';
import type { Dice } from './dice.ts';
import type { Moments } from './moments.ts';
import { companyName, jobTitle, personName } from './names.ts';
import { type Region, roughPlace } from './places.ts';
import { DAY, HOUR, type SeedBook, dateOf } from './seed-book.ts';
import type { Staff } from './staff.ts';

export type SeedLead = {
  readonly id: string;
  readonly ownerId: string;
  readonly status: string;
  readonly created: number;
};

type Desk = {
  readonly book: SeedBook;
  readonly dice: Dice;
  readonly moments: Moments;
  readonly setup: Setup;
  readonly staff: Staff;
};

/**
 * Leads as they come in: most wait in the queue or with the marketing tool, some are at work with a rep, some are
 * old acquaintances of a known company, and a few should never have come.
 */
export function enterLeads(
  desk: Desk,
  companies: readonly Company[],
  deals: readonly Deal[],
  count: number,
): readonly SeedLead[] {
  const converted = desk.dice.shuffle(deals.filter((deal) => deal.care === 'blank')).slice(0, CONVERTED);
  const leads = Array.from({ length: count - converted.length }, (_, number) => enterLead(desk, companies, number));
  return [...leads, ...converted.map((deal, index) => enterConverted(desk, deal, count + index))];
}

function enterLead(desk: Desk, companies: readonly Company[], number: number): SeedLead {
  const { book, dice, moments } = desk;
  const status = dice.weighted(STATUS_WEIGHTS);
  const place = roughPlace(dice);
  const created = moments(book.ago(48), book.now - HOUR);
  const ownerId = ownerOf(desk, status, place.region);
  const { region: _, ...address } = place;
  const fields: StoredRecord = {
    ...person(dice, companies, number),
    Country: address.country,
    State: address.state,
    City: address.city,
    PostalCode: address.postalCode,
    Status: status,
    OwnerId: ownerId,
    CreatedById: desk.staff['marketo']!,
    LastModifiedById: desk.staff['marketo']!,
    LeadSource: dice.weighted(SOURCES),
    Industry: dice.chance(0.7) ? dice.pick(INDUSTRIES) : null,
    Rating: dice.pick(['Hot', 'Warm', 'Cold', null, null]),
    NumberOfEmployees: headcount(dice),
    Lead_Score__c: dice.chance(0.7) ? dice.between(0, 100) : null,
    Phone: dice.chance(0.7) ? phone(dice) : null,
    IsUnreadByOwner: true,
    ...flags(desk),
    ...history(desk, status, created),
  };
  const id = book.enter('Lead', fields, created, moments(created, book.now - HOUR));
  return { id, ownerId, status, created };
}

/** Somebody new, somebody of a known company, or somebody who is nobody. */
function person(dice: Dice, companies: readonly Company[], number: number): StoredRecord {
  const odd = ODD_LEADS[number];
  if (odd !== undefined) return odd;
  const name = personName(dice);
  const known = dice.chance(0.15) ? dice.pick(companies) : null;
  const fresh = companyName(dice, 150 + number);
  const domain = known?.domain ?? fresh.domain;
  // Now and then the lead is already a contact, whose owner it should stay with.
  const email = known !== null && dice.chance(0.3) ? dice.pick(known.contacts).email : `${name.login}@${domain}`;
  return {
    FirstName: dice.chance(0.95) ? name.first : null,
    LastName: name.last,
    Name: [name.first, name.last].filter((part) => part !== null).join(' '),
    Company: known?.name ?? fresh.name,
    Email: dice.chance(0.94) ? email : null,
    Website: dice.chance(0.4) ? `www.${domain}` : null,
    Title: dice.chance(0.85) ? jobTitle(dice) : null,
  };
}

function ownerOf(desk: Desk, status: string, region: Region): string {
  const { dice, setup, staff } = desk;
  switch (status) {
    case 'Open - Not Contacted':
      return dice.weighted<string>([
        [62, setup.queues.Inbound_Leads],
        [22, staff['marketo']!],
        [4, staff['svc-rolecall']!],
        [10, repFor(dice, staff, region)],
        [2, staff['zoe']!],
      ]);
    case 'Nurturing':
    case 'Recycled':
    case 'Unable to Reach':
      return setup.queues.Marketing_Nurture;
    case 'Closed - Not Converted':
      return setup.queues.Archive;
    default:
      return repFor(dice, staff, region);
  }
}

function flags({ dice, staff }: Desk): StoredRecord {
  const override = dice.weighted<string | null>([
    [96, null],
    [3, staff['pat.lowe']!],
    [1, staff['quinn']!],
  ]);
  return {
    Do_Not_Route__c: dice.chance(0.02),
    Actively_Being_Sequenced__c: dice.chance(0.03),
    HasOptedOutOfEmail: dice.chance(0.03),
    Routing_Override_User__c: override,
  };
}

/** What earlier work has left on the lead. */
function history({ book, dice, moments }: Desk, status: string, created: number): StoredRecord {
  switch (status) {
    case 'Working - Contacted':
    case 'Accepted':
    case 'Qualified':
    case 'Rejected': {
      const routed = writeStamp(moments(created, book.now - HOUR));
      return { MQL__c: true, MQL_Date__c: routed, MQL_Reason__c: 'hand_raiser', Routed_At__c: routed };
    }
    case 'Recycled':
      return {
        Recycle_Reason__c: dice.pick(['No budget', 'Timing', 'Wrong person', 'Stale']),
        Recontact_Date__c: dice.chance(0.3) ? dateOf(book.now + dice.between(5, 90) * DAY) : null,
      };
    case 'Closed - Not Converted':
      return { Disqualified_Reason__c: dice.pick(['competitor', 'student', 'No fit']) };
    default:
      return {};
  }
}

/** A lead that became the one contact of a deal. */
function enterConverted(desk: Desk, deal: Deal, number: number): SeedLead {
  const { book, dice, moments } = desk;
  const created = moments(book.ago(49), deal.created);
  const { company } = deal;
  const contact = deal.roles[0]!.contact;
  const fields: StoredRecord = {
    ...person(dice, [company], number),
    Company: company.name,
    Email: contact.email,
    Status: 'Closed - Converted',
    IsConverted: true,
    ConvertedDate: dateOf(deal.created),
    ConvertedAccountId: company.id,
    ConvertedContactId: contact.id,
    ConvertedOpportunityId: deal.id,
    OwnerId: company.ownerId,
    LeadSource: dice.weighted(SOURCES),
  };
  const id = book.enter('Lead', fields, created, deal.created);
  return { id, ownerId: company.ownerId, status: 'Closed - Converted', created };
}

const CONVERTED = 16;

const STATUS_WEIGHTS: readonly (readonly [number, string])[] = [
  [62, 'Open - Not Contacted'],
  [13, 'Working - Contacted'],
  [8, 'Nurturing'],
  [4, 'Recycled'],
  [3, 'Accepted'],
  [2, 'Qualified'],
  [2, 'Rejected'],
  [1, 'On Hold - Customer Request'],
  [2, 'Unable to Reach'],
  [3, 'Closed - Not Converted'],
];

const SOURCES: readonly (readonly [number, string | null])[] = [
  [14, 'Contact Us'],
  [14, 'Demo Request'],
  [8, 'Pricing Page'],
  [8, 'Partner Referral'],
  [16, 'Web'],
  [14, 'Webinar'],
  [10, 'Trade Show'],
  [10, 'Purchased List'],
  [3, 'Phone Inquiry'],
  [3, null],
];

/** What also comes through a form: jokes, rivals, students, colleagues, and a name that looks like code. */
const ODD_LEADS: Readonly<Record<number, StoredRecord>> = {
  11: { LastName: 'Test', FirstName: 'Test', Name: 'Test Test', Company: 'test', Email: 'test@alder-media.example' },
  37: { LastName: 'asdf', Name: 'asdf', Company: 'asdfff', Email: 'asdf@umbra-foods.example' },
  58: {
    LastName: 'Rivera',
    FirstName: 'Chris',
    Name: 'Chris Rivera',
    Company: 'Contoso Rival',
    Email: 'c.rivera@contoso-rival.example',
  },
  83: {
    LastName: 'Fabre',
    FirstName: 'Odile',
    Name: 'Odile Fabre',
    Company: 'Fabrikam Rival',
    Email: 'odile@emea.fabrikam-rival.example',
  },
  97: {
    LastName: 'Sund',
    FirstName: 'Ida',
    Name: 'Ida Sund',
    Company: 'Uni Fjord',
    Email: 'ida@uni-fjord.example',
    Title: 'PhD Student',
  },
  121: {
    LastName: 'Larkin',
    FirstName: 'Lee',
    Name: 'Lee Larkin',
    Company: 'Northwind Instruments',
    Email: 'lee@northwind.example',
  },
  144: {
    LastName: 'O\'Neil \\ "Bobby" \'; --',
    Name: 'O\'Neil \\ "Bobby" \'; --',
    Company: "Robert'); & Söhne",
    Email: 'bobby@tables.example',
  },
  168: { LastName: 'N/A', Name: 'N/A', Company: 'none', Email: null },
  203: { LastName: '李', FirstName: '🚀', Name: '🚀 李', Company: '火箭公司 🚀', Email: 'li@huojian.example' },
  230: {
    LastName: 'Vane',
    FirstName: 'Lucy',
    Name: 'Lucy Vane',
    Company: 'Marlow   Energy',
    Email: 'lucy.vane@marlow-energy.example',
  },
};
