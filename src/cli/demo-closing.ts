import type { SandboxOrg } from '../sandbox/sandbox-org.ts';
import type { StoredRecord } from '../sandbox/types.ts';
import type { Tally } from './demo-tally.ts';

/** A value of the Role picklist for each role that the example's committee asks for. */
const VALUES: Readonly<Record<string, string>> = {
  economic_buyer: 'Economic Buyer',
  champion: 'Champion',
  technical: 'Evaluator',
  procurement: 'Procurement',
  'exec_sponsor or user': 'Business User',
};

/** A task that closes itself: the owner of the deal that lacks least adds whom its task asks for. */
export async function playClosing(
  sandbox: SandboxOrg,
  tally: Tally,
  say: (text: string) => void,
  answered: (waiting: Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const { org } = sandbox;
  const task = easiestTask(sandbox);
  if (task === null) return;
  const deal = org.record(text(task['WhatId']))!;
  const owner = org.record(text(deal['OwnerId']))!;
  say(`${text(owner['Name'])} does what the task "${text(task['Subject'])}" asks for.`);
  const closed = tally.next('write.completed', ({ object, action }) => object === 'Task' && action === 'update');
  for (const [index, item] of itemsOf(deal).entries()) {
    const contactId = org.admin.insert('Contact', {
      LastName: `Newcomer ${index + 1}`,
      AccountId: text(deal['AccountId']),
    });
    org.as(text(owner['Username'])).insert('OpportunityContactRole', {
      OpportunityId: text(deal['Id']),
      ContactId: contactId,
      Role: VALUES[item] ?? null,
      IsPrimary: item === 'primary',
    });
  }
  await answered(closed);
  const reason =
    text(org.record(text(task['Id']))?.['Description'])
      .split('\n')
      .at(-1) ?? '';
  say(`The task is closed; nobody touched it. Its last line: "${reason}".`);
}

/** Our open task about the deal that lacks least and that newcomers can complete; null when there is none. */
function easiestTask({ org }: SandboxOrg): StoredRecord | null {
  const tasks = org.all(
    'Task',
    (task) => task['IsClosed'] === false && text(task['Rolecall_Key__c']).startsWith('contact-roles:'),
  );
  const effort = (task: StoredRecord): number => itemsOf(org.record(text(task['WhatId'])) ?? {}).length;
  const doable = tasks.filter((task) => {
    const items = itemsOf(org.record(text(task['WhatId'])) ?? {});
    return items.length > 0 && items.every((item) => item in VALUES || item === 'primary');
  });
  return doable.toSorted((a, b) => effort(a) - effort(b))[0] ?? null;
}

function itemsOf(deal: StoredRecord): readonly string[] {
  return text(deal['Missing_Contact_Roles__c'])
    .split('; ')
    .filter((item) => item !== '');
}

function text(value: StoredRecord[string] | undefined): string {
  return typeof value === 'string' ? value : '';
}
