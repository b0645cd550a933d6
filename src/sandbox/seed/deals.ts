import { writeStamp } from '../org-clock.ts';
import { STAGES } from '../schema/picklist-values.ts';
import { type Care, type SeedRole, committeeOf, someCare } from './committees.ts';
import type { Company } from './companies.ts';
import type { RecordTypeName, Setup } from './company-setup.ts';
import type { Dice } from './dice.ts';
import type { Moments } from './moments.ts';
import { DAY, HOUR, MINUTE, type SeedBook, dateOf } from './seed-book.ts';

export type Deal = {
  readonly id: string;
  readonly company: Company;
  readonly roles: readonly SeedRole[];
  readonly care: Care;
  readonly created: number;
};

/** Opportunities over all stages, their role rows and the trail of their stages. */
export function enterDeals(
  book: SeedBook,
  dice: Dice,
  moments: Moments,
  setup: Setup,
  companies: readonly Company[],
  count: number,
): readonly Deal[] {
  return Array.from({ length: count }, () => enterDeal(book, dice, moments, setup, dice.pick(companies)));
}

function enterDeal(book: SeedBook, dice: Dice, moments: Moments, setup: Setup, company: Company): Deal {
  const stage = dice.weighted(STAGE_WEIGHTS);
  const isClosed = stage.startsWith('Closed');
  const recordType = dice.weighted<RecordTypeName>([
    [60, 'New_Business'],
    [25, 'Expansion'],
    [15, 'Renewal'],
  ]);
  const created = moments(Math.max(company.created, book.ago(49)), book.ago(1));
  const entered = moments(created, book.now - HOUR);
  const isExempt = dice.chance(0.03);
  const id = book.enter(
    'Opportunity',
    {
      Name: `${company.name} - ${dice.pick(PROJECTS)}`,
      AccountId: company.id,
      RecordTypeId: setup.recordTypes[recordType],
      OwnerId: company.ownerId,
      CreatedById: company.ownerId,
      LastModifiedById: company.ownerId,
      StageName: stage,
      IsClosed: isClosed,
      IsWon: stage === 'Closed Won',
      Amount: amount(dice),
      CloseDate: dateOf(isClosed ? entered : book.now + dice.between(-5, 120) * DAY),
      Type: dealType(dice, recordType),
      NextStep: dice.chance(0.6) ? dice.pick(NEXT_STEPS) : null,
      LeadSource: dice.pick(['Web', 'Partner Referral', 'Trade Show', 'Demo Request', null]),
      LastStageChangeDate: stage === 'Prospecting' && dice.chance(0.5) ? null : writeStamp(entered),
      Budget_Confirmed__c: dice.chance(0.5),
      OCR_Exempt__c: isExempt,
      OCR_Exempt_Until__c: isExempt && dice.chance(0.5) ? dateOf(book.now + 14 * DAY) : null,
    },
    created,
    entered,
  );
  enterStageTrail(book, company, id, stage, created, entered);
  const care = someCare(dice);
  const roles = committeeOf(dice, company, stage, care);
  enterRoles(book, dice, moments, id, company, roles, care, created);
  return { id, company, roles, care, created };
}

function enterRoles(
  book: SeedBook,
  dice: Dice,
  moments: Moments,
  opportunityId: string,
  company: Company,
  roles: readonly SeedRole[],
  care: Care,
  created: number,
): void {
  const start = moments(created, book.now - 2 * HOUR);
  for (const [index, { contact, role, isPrimary }] of roles.entries()) {
    const at = care === 'blanket' ? start + index * (MINUTE / 2) : moments(created, book.now - HOUR);
    const fields = { OpportunityId: opportunityId, ContactId: contact.id, Role: role, IsPrimary: isPrimary };
    const isLate = dice.chance(0.2);
    book.enter(
      'OpportunityContactRole',
      { ...fields, CreatedById: company.ownerId, LastModifiedById: company.ownerId },
      at,
      isLate ? moments(at, book.now - HOUR) : at,
    );
  }
}

/** One row per stage on the way, spread between birth and the entry of the present one. */
function enterStageTrail(
  book: SeedBook,
  company: Company,
  id: string,
  stage: string,
  created: number,
  entered: number,
): void {
  const way =
    stage === 'Closed Lost' ? ['Prospecting', 'Qualification', stage] : STAGES.slice(0, STAGES.indexOf(stage) + 1);
  for (const [index, passed] of way.entries()) {
    const share = way.length === 1 ? 0 : index / (way.length - 1);
    const at = created + Math.round(((entered - created) * share) / 1000) * 1000;
    const fields = { OpportunityId: id, StageName: passed, CreatedById: company.ownerId };
    book.enter('OpportunityHistory', fields, at);
  }
}

function amount(dice: Dice): number | null {
  const [least, most] = dice.weighted<readonly [number, number]>([
    [5, [0, 0]],
    [10, [1, 9]],
    [20, [10, 24]],
    [50, [25, 150]],
    [15, [151, 900]],
  ]);
  return most === 0 ? null : dice.between(least, most) * 1000;
}

function dealType(dice: Dice, recordType: RecordTypeName): string {
  if (recordType === 'Renewal') return dice.pick(['Renewal - Auto', 'Existing Customer - Replacement']);
  return recordType === 'Expansion' ? 'Existing Customer - Upgrade' : 'New Customer';
}

const STAGE_WEIGHTS: readonly (readonly [number, string])[] = [
  [10, 'Prospecting'],
  [16, 'Qualification'],
  [14, 'Needs Analysis'],
  [12, 'Value Proposition'],
  [4, 'Id. Decision Makers'],
  [4, 'Perception Analysis'],
  [12, 'Proposal/Price Quote'],
  [10, 'Negotiation/Review'],
  [10, 'Closed Won'],
  [8, 'Closed Lost'],
];

const PROJECTS = [
  'Pilot',
  'Plant sensors',
  'Platform renewal',
  'Line 4 retrofit',
  'Field rollout',
  'Data hub',
  'Second site',
];

const NEXT_STEPS = ['Send the proposal', 'Workshop with engineering', 'Reference call', 'Security review', 'Follow up'];
