import { SandboxError } from '../../src/sandbox/types.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import type { CompanyWorld } from '../support/company-world.ts';

export type Pick = <T>(choices: readonly T[]) => T;

type Doing = (world: CompanyWorld, pick: Pick) => void;

/**
 * One thing that people do in an org on a busy day, at random. What routing goes by is only ever filled in, not changed:
 * a lead that is edited while it is being routed may rightly go by either value.
 */
export function doSomething(world: CompanyWorld, pick: Pick): void {
  try {
    pick(DOINGS)(world, pick);
  } catch (refusal) {
    // The org refuses people too: a lead that is converted cannot be edited, a row may be locked.
    if (!(refusal instanceof SandboxError)) throw refusal;
  }
}

const DOINGS: readonly Doing[] = [
  ({ company, org }, pick) => {
    if (org.all('Lead').length > 60) return;
    const country = pick(['Norway', 'UK', 'Germany', 'France', 'Italy', 'Brazil', 'Iran', null]);
    company.lead({ LastName: `Lead${pick(NUMBERS)}`, Country: country, PostalCode: null });
  },
  ({ org }, pick) => org.admin.update(idOf(pick(org.all('Lead'))), { Title: `edit ${pick(NUMBERS)}` }),
  ({ org }, pick) => {
    const lead = pick(org.all('Lead', ({ Country }) => Country == null));
    org.admin.update(idOf(lead), { Country: pick(['Norway', 'France']) });
  },
  ({ org, company }, pick) =>
    org.admin.update(idOf(pick(org.all('Lead'))), { OwnerId: company.userId(pick(['kim', 'ron'])) }),
  ({ org }, pick) => void org.as(KIM).convertLead(idOf(pick(org.all('Lead'))), { opportunityName: null }),
  ({ org }, pick) => {
    const id = idOf(pick(org.all('Lead')));
    org.admin.delete(id);
    if (pick([true, false])) org.admin.undelete(id);
  },
  ({ org }, pick) => {
    const [master, loser] = [pick(org.all('Lead')), pick(org.all('Lead'))];
    if (master !== loser) org.admin.merge(idOf(master), [idOf(loser)]);
  },
  addRole,
  addRole,
  ({ org }, pick) => org.admin.delete(idOf(pick(org.all('OpportunityContactRole')))),
  ({ org }, pick) => org.admin.update(idOf(pick(org.all('Opportunity'))), { StageName: pick(STAGES) }),
  ({ org }, pick) => org.admin.update(idOf(pick(org.all('Opportunity'))), { Amount: pick([9_000, 20_000, 80_000]) }),
  ({ org }, pick) => {
    const id = idOf(pick(org.all('Opportunity')));
    // Shown only when the transaction is over, with the stamp of its beginning.
    org.lateCommit({ delaySeconds: 4 }, (admin) => admin.update(id, { StageName: pick(STAGES) }));
  },
  ({ org }, pick) => {
    const task = pick(org.all('Task', ({ Rolecall_Key__c: key, IsClosed }) => key != null && IsClosed !== true));
    org.as(MAX).update(idOf(task), { Status: 'Completed' });
  },
  ({ org }, pick) => {
    const task = pick(org.all('Task', ({ Rolecall_Key__c: key }) => key != null));
    org.admin.delete(idOf(task));
  },
];

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
