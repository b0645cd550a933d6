import type { OrgFacts } from '../../src/config/live.ts';
import type { OrgQueue, User } from '../../src/domain/record.ts';
import type { FieldDescription, ObjectDescription } from '../../src/domain/object-description.ts';
import { sandboxSchema } from '../../src/sandbox/schema/sandbox-schema.ts';

const STAGES = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Id. Decision Makers',
  'Perception Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
];

/** An org that has what the example needs, with the changes of a test. */
export function anOrg(
  changes: Partial<OrgFacts> & {
    /** Changes one field, or takes it away. */
    readonly field?: readonly [object: string, name: string, change: Partial<FieldDescription> | null];
  } = {},
): OrgFacts {
  const { field, ...facts } = changes;
  const objects = new Map([...sandboxSchema().values()].map(({ name }) => [name, describe(name)]));
  if (field !== undefined) {
    const [object, name, change] = field;
    const description = objects.get(object);
    const fields = new Map(description?.fields);
    const before = fields.get(name);
    if (change === null || before === undefined) fields.delete(name);
    else fields.set(name, { ...before, ...change });
    objects.set(object, { ...describe(object), fields });
  }
  return {
    describe: (object) => objects.get(object),
    users: USERNAMES.map((username) => aUser({ username: `${username}@northwind.example` })),
    queues: ['Inbound_Leads', 'Marketing_Nurture', 'Unrouted_Leads', 'Archive'].map((name) =>
      aQueue({ developerName: name }),
    ),
    stages: STAGES.map((apiName, index) => ({ apiName, sortOrder: index + 1 })),
    ...facts,
  };
}

export const USERNAMES =
  'ann bob cy dee eli fay gus hal ivy jon kim lee max nia otto pia ron sue taro umi val wes xen yas pat.lowe revops svc-rolecall marketo'.split(
    ' ',
  );

export function aUser(fields: Partial<User>): User {
  const username = fields.username ?? 'ann@northwind.example';
  const id = `005${username
    .replace(/[^a-z]/g, '')
    .slice(0, 12)
    .padEnd(12, '0')}AAA`;
  return { id, username, email: null, isActive: true, managerId: null, timeZone: null, ...fields };
}

export function aQueue(fields: Partial<OrgQueue>): OrgQueue {
  return { id: '00G000000000001AAA', developerName: 'Inbound_Leads', objects: new Set(['Lead']), ...fields };
}

function describe(object: string): ObjectDescription {
  const schema = sandboxSchema().get(object.toLowerCase());
  const fields = [...(schema?.fields.values() ?? [])].map((field): FieldDescription => {
    return {
      name: field.name,
      type: field.type,
      length: field.length,
      isCreateable: field.createable,
      isUpdateable: field.updateable,
      isFilterable: field.filterable,
      isNillable: field.nillable,
      isExternalId: field.externalId,
      isUnique: field.unique,
      isRestrictedPicklist: field.restrictedPicklist,
      isCalculated: field.calculated,
      picklistValues: field.picklistValues.map(({ value, active }) => ({ value, isActive: active })),
      referenceTo: field.referenceTo,
      relationshipName: field.relationshipName,
    };
  });
  return {
    name: object,
    isCreateable: schema?.createable ?? false,
    isUpdateable: schema?.updateable ?? false,
    fields: new Map(fields.map((field) => [field.name, field])),
  };
}
