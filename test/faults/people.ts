import { SandboxError } from '../../src/sandbox/types.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import type { CompanyWorld } from '../support/company-world.ts';

export type Pick = <T>(choices: readonly T[]) => T;

type Doing = readonly [name: string, act: (world: CompanyWorld, pick: Pick) => void];

/**
 * One thing that people do in an org on a busy day, at random. What routing goes by is only ever filled in, not changed:
 * a lead that is edited while it is being routed may rightly go by either value.
 * @returns what was done, or refused
 */
export function doSomething(world: CompanyWorld, pick: Pick): string {
  const [name, act] = pick(DOINGS);
  try {
    act(world, pick);
    return name;
  } catch (refusal) {
    // The org refuses people too: a lead that is converted cannot be edited, a row may be locked.
    if (!(refusal instanceof SandboxError)) throw refusal;
    return `${name}: ${refusal.code}`;
  }
}

const DOINGS: readonly Doing[] = [
  ['a lead comes in', enterLead],
  [
    'a lead gets a title',
    ({ org }, pick) => org.admin.update(idOf(pick(org.all('Lead'))), { Title: `edit ${pick(NUMBERS)}` }),
  ],
  [
    'a lead gets its country',
    ({ org }, pick) => {
      const lead = pick(org.all('Lead', ({ Country }) => Country == null));
      org.admin.update(idOf(lead), { Country: pick(['Norway', 'France']) });
    },
  ],
  [
    'somebody takes a lead',
    ({ org, company }, pick) =>
      org.admin.update(idOf(pick(org.all('Lead'))), { OwnerId: company.userId(pick(['kim', 'ron'])) }),
  ],
  [
    'a lead is converted',
    ({ org }, pick) => void org.as(KIM).convertLead(idOf(pick(org.all('Lead'))), { opportunityName: null }),
  ],
  [
    'a lead is deleted, and may come back',
    ({ org }, pick) => {
      const id = idOf(pick(org.all('Lead')));
      org.admin.delete(id);
      if (pick([true, false])) org.admin.undelete(id);
    },
  ],
  [
    'two leads are merged',
    ({ org }, pick) => {
      const [master, loser] = [pick(org.all('Lead')), pick(org.all('Lead'))];
      if (master !== loser) org.admin.merge(idOf(master), [idOf(loser)]);
    },
  ],
  ['somebody joins a deal', addRole],
  ['somebody joins a deal', addRole],
  ['somebody leaves a deal', ({ org }, pick) => org.admin.delete(idOf(pick(org.all('OpportunityContactRole'))))],
  [
    'a contact leaves the company, or comes back',
    ({ org, company }, pick) =>
      org.admin.update(company.contactId(pick(['a', 'b', 'c', 'd', 'e'])), {
        No_Longer_At_Company__c: pick([true, false, false]),
      }),
  ],
  [
    'a contact is called',
    ({ org, company }, pick) => {
      const call = { WhoId: company.contactId(pick(['a', 'b', 'c'])), Subject: 'Call', TaskSubtype: 'Call' };
      org.as(MAX).insert('Task', { ...call, Status: 'Completed' });
    },
  ],
  [
    'a deal moves',
    ({ org }, pick) => org.admin.update(idOf(pick(org.all('Opportunity'))), { StageName: pick(STAGES) }),
  ],
  [
    'a deal gets its amount',
    ({ org }, pick) => org.admin.update(idOf(pick(org.all('Opportunity'))), { Amount: pick([9_000, 20_000, 80_000]) }),
  ],
  [
    'a deal moves in a long transaction',
    ({ org }, pick) => {
      const id = idOf(pick(org.all('Opportunity')));
      // Shown only when the transaction is over, with the stamp of its beginning.
      org.lateCommit({ delaySeconds: 4 }, (admin) => admin.update(id, { StageName: pick(STAGES) }));
    },
  ],
  [
    'a task of ours is completed',
    ({ org }, pick) => {
      const task = pick(org.all('Task', ({ Rolecall_Key__c: key, IsClosed }) => key != null && IsClosed !== true));
      org.as(MAX).update(idOf(task), { Status: 'Completed' });
    },
  ],
  [
    'a task of ours is deleted',
    ({ org }, pick) => org.admin.delete(idOf(pick(org.all('Task', ({ Rolecall_Key__c: key }) => key != null)))),
  ],
];

/** Each under a name of its own: who shares an address with another lead goes to its owner (R3). */
function enterLead({ company, org }: CompanyWorld, pick: Pick): void {
  const country = pick(['Norway', 'Norway', 'UK', 'Germany', 'France', 'Italy', 'Brazil', 'Iran', null]);
  if (org.all('Lead').length > 60) return;
  company.lead({ LastName: `Lead${org.doings().length}`, Country: country, PostalCode: null });
}

const KIM = 'kim@northwind.example';
const MAX = 'max@northwind.example';
const STAGES = ['Qualification', 'Needs Analysis', 'Proposal/Price Quote', 'Negotiation/Review'];
const NUMBERS = Array.from({ length: 1_000 }, (_, index) => index);

function addRole({ company, org }: CompanyWorld, pick: Pick): void {
  const role = pick(['Economic Buyer', 'Champion', 'Evaluator', 'Procurement', null]);
  company.addRole(idOf(pick(org.all('Opportunity'))), [pick(['a', 'b', 'c', 'd', 'e']), role]);
}

function idOf(record: StoredRecord | undefined): string {
  // Nothing of the kind is left: refused like any other edit of what is not there.
  if (record === undefined) throw new SandboxError('NOT_FOUND', 'there is none');
  return String(record['Id']);
}
