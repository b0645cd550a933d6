import { writeStamp } from '../org-clock.ts';
import type { SeedRecord } from '../base-data.ts';
import type { StoredRecord } from '../types.ts';
import { enterSetup, type Setup } from './company-setup.ts';
import { makeDice } from './dice.ts';
import { enterTouch } from './engagement.ts';
import { DAY, type SeedBook, dateOf, makeSeedBook } from './seed-book.ts';
import { DOMAIN, enterStaff, type Staff } from './staff.ts';

/**
 * A world to see at a glance: the users, queues, record types and stages of the demo, 12 leads (the worked vectors
 * of routing, by LastName), and 8 opportunities with 14 roles (those of contact roles, by Name).
 * Every contact was called two days before `now` (ms); every opportunity entered its stage three weeks before.
 */
export function tinySeed(now: number): readonly SeedRecord[] {
  const book = makeSeedBook(now);
  const setup = enterSetup(book);
  const staff = enterStaff(book);
  for (const lead of LEADS) enterLead(book, setup, staff, lead);
  enterOpportunities(book, setup, staff);
  return book.records;
}

function enterLead(book: SeedBook, setup: Setup, staff: Staff, lead: StoredRecord): void {
  const login = String(lead['LastName']).toLowerCase();
  const fields = {
    Company: `Company of ${String(lead['LastName'])}`,
    Email: `someone@${login}.example`,
    LeadSource: 'Demo Request',
    Status: 'Open - Not Contacted',
    OwnerId: lead['Status'] === undefined ? setup.queues.Inbound_Leads : staff['max']!,
    CreatedById: staff['marketo']!,
    Name: String(lead['LastName']),
    ...lead,
  };
  book.enter('Lead', fields, book.ago(2));
}

function enterOpportunities(book: SeedBook, setup: Setup, staff: Staff): void {
  const ownerId = staff['max']!;
  const account = book.enter('Account', { Name: 'Fjord AS', Type: 'Customer', OwnerId: ownerId }, book.ago(40));
  const contacts = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e', 'left'].map((name) => [name, enterContact(book, account, ownerId, name)]),
  );
  for (const { name, stage, recordType, roles } of OPPORTUNITIES) {
    const isClosed = stage.startsWith('Closed');
    const entered = book.ago(21);
    const fields = {
      Name: name,
      AccountId: account,
      RecordTypeId: setup.recordTypes[recordType ?? 'New_Business'],
      OwnerId: ownerId,
      StageName: stage,
      IsClosed: isClosed,
      IsWon: stage === 'Closed Won',
      Amount: 50_000,
      CloseDate: dateOf(isClosed ? entered : book.now + 60 * DAY),
      LastStageChangeDate: writeStamp(entered),
    };
    const id = book.enter('Opportunity', fields, book.ago(30), entered);
    for (const [contact, role, isPrimary] of roles) {
      const row = { OpportunityId: id, ContactId: contacts[contact]!, Role: role, IsPrimary: isPrimary ?? false };
      book.enter('OpportunityContactRole', { ...row, CreatedById: ownerId }, book.ago(20));
    }
  }
}

function enterContact(book: SeedBook, accountId: string, ownerId: string, name: string): string {
  const fields = {
    AccountId: accountId,
    LastName: name,
    Name: name,
    Email: `${name}@fjord.example`,
    OwnerId: ownerId,
    No_Longer_At_Company__c: name === 'left',
  };
  const id = book.enter('Contact', fields, book.ago(40));
  enterTouch(book, makeDice(1), { WhoId: id, OwnerId: ownerId }, book.ago(2));
  return id;
}

const LEADS: readonly StoredRecord[] = [
  { LastName: 'TV1', Country: 'Norway', NumberOfEmployees: 1200 },
  { LastName: 'TV2', Country: 'KR', NumberOfEmployees: 50 },
  { LastName: 'TV4', Country: 'US', State: 'NY', PostalCode: '10001', NumberOfEmployees: 1000 },
  { LastName: 'TV7', Country: 'US', State: 'NY', PostalCode: '11201', NumberOfEmployees: null },
  { LastName: 'TV9', Country: 'UK', PostalCode: 'e1 6an', NumberOfEmployees: 80 },
  { LastName: 'TV17', Country: 'Germany', PostalCode: '80331', NumberOfEmployees: 300 },
  { LastName: 'TV18', Country: 'Germany', PostalCode: '01067', NumberOfEmployees: 300 },
  { LastName: 'TV21', Country: 'India', NumberOfEmployees: 50 },
  { LastName: 'TV24', Country: 'Brazil', NumberOfEmployees: 5000 },
  { LastName: 'TV26', Country: 'Canada', State: 'British Columbia', NumberOfEmployees: 2000 },
  { LastName: 'Internal', Country: 'GB', Email: `lee@${DOMAIN}` },
  { LastName: 'Working', Country: 'GB', Status: 'Working - Contacted', MQL__c: true },
];

type TinyRole = readonly [contact: string, role: string | null, isPrimary?: boolean];

type TinyOpportunity = {
  readonly name: string;
  readonly stage: string;
  readonly recordType?: 'Renewal';
  readonly roles: readonly TinyRole[];
};

const OPPORTUNITIES: readonly TinyOpportunity[] = [
  { name: 'CV1', stage: 'Prospecting', roles: [] },
  { name: 'CV2', stage: 'Qualification', roles: [] },
  { name: 'CV3', stage: 'Qualification', roles: [['a', null, true]] },
  {
    name: 'CV5',
    stage: 'Needs Analysis',
    roles: [
      ['a', 'Influencer', true],
      ['b', null],
    ],
  },
  {
    name: 'CV7',
    stage: 'Proposal/Price Quote',
    roles: [
      ['a', 'Champion', true],
      ['a', 'Economic Buyer'],
      ['b', 'Evaluator'],
      ['c', 'Other'],
    ],
  },
  {
    name: 'CV11',
    stage: 'Negotiation/Review',
    roles: [
      ['a', 'Champion', true],
      ['b', 'Economic Buyer'],
      ['c', 'Evaluator'],
      ['d', 'Business User'],
      ['e', 'Procurement'],
    ],
  },
  {
    name: 'CV13',
    stage: 'Needs Analysis',
    roles: [
      ['a', 'Champion', true],
      ['left', 'Evaluator'],
    ],
  },
  { name: 'Renewal', stage: 'Negotiation/Review', recordType: 'Renewal', roles: [] },
];
