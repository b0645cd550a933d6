import { describe, expect, it } from 'vitest';
import { toLongId } from '../../src/sandbox/record-ids.ts';
import { sandboxSchema } from '../../src/sandbox/schema/sandbox-schema.ts';
import { demoSeed } from '../../src/sandbox/seed/demo-seed.ts';
import { tinySeed } from '../../src/sandbox/seed/tiny-seed.ts';
import type { FieldSchema, SandboxValue, StoredRecord } from '../../src/sandbox/types.ts';

const NOW = Date.parse('2026-11-25T10:00:00.345Z');
const DAY = 86_400_000;

const SCHEMA = sandboxSchema();

/** Usernames that the example configuration names. */
const NAMED =
  'ann bob cy dee eli fay gus hal ivy jon kim lee max nia otto pia ron sue taro umi val wes xen yas pat.lowe revops svc-rolecall marketo';

describe.each([
  ['the demo company', demoSeed(NOW)],
  ['the tiny world', tinySeed(NOW)],
])('%s', (_, records) => {
  const rows = records.map(({ object, fields }) => ({ object, fields }));
  const ids = rows.map(({ fields }) => String(fields['Id']));

  it('names only fields that the org has, with values that fit them', () => {
    const misfits = rows.flatMap(({ object, fields }) =>
      Object.entries(fields).flatMap(([name, value]) => {
        const field = SCHEMA.get(object.toLowerCase())?.fields.get(name.toLowerCase());
        return field?.name === name && fits(field, value) ? [] : [`${object}.${name} = ${String(value)}`];
      }),
    );

    expect(misfits).toEqual([]);
  });

  it('gives every record an id of its own, in its long form, under the prefix of its object', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => toLongId(id) !== id)).toEqual([]);
    expect(rows.filter(({ object, fields }) => !String(fields['Id']).startsWith(prefixOf(object)))).toEqual([]);
  });

  it('refers only to records that came before', () => {
    const seen = new Set<string>();
    const dangling = rows.flatMap(({ object, fields }) => {
      const missing = referencesOf(object, fields).filter(([, id]) => !seen.has(id));
      seen.add(String(fields['Id']));
      return missing.map(([name]) => `${object}.${name}`);
    });

    expect(dangling).toEqual([]);
  });

  it('refers to records of the right object', () => {
    const objects = new Map(rows.map(({ object, fields }) => [String(fields['Id']), object]));
    const wrong = rows.flatMap(({ object, fields }) =>
      referencesOf(object, fields).filter(([name, id]) => {
        const field = SCHEMA.get(object.toLowerCase())?.fields.get(name.toLowerCase());
        return field?.referenceTo.includes(objects.get(id) ?? '') !== true;
      }),
    );

    expect(wrong).toEqual([]);
  });

  it('was stamped in whole seconds between 50 days and an hour ago, never changed before it was made', () => {
    const late = rows.filter(({ fields }) => {
      const [created, modified] = ['CreatedDate', 'SystemModstamp'].map((name) =>
        Date.parse(String(fields[name] ?? fields['SystemModstamp']).replace('+0000', 'Z')),
      );
      return !(
        created! <= modified! &&
        created! >= NOW - (NOW % 1000) - 50 * DAY &&
        modified! <= NOW - 3_600_000 &&
        created! % 1000 === 0
      );
    });

    expect(late).toEqual([]);
  });

  it('holds the users of the example configuration, active, and its queues for leads', () => {
    const users = new Map(
      rows.filter(({ object }) => object === 'User').map(({ fields }) => [fields['Username'], fields]),
    );
    const queues = rows.filter(({ object }) => object === 'Group').map(({ fields }) => fields['DeveloperName']);

    expect(NAMED.split(' ').filter((login) => users.get(`${login}@northwind.example`)?.['IsActive'] !== true)).toEqual(
      [],
    );
    expect(queues).toEqual(['Inbound_Leads', 'Marketing_Nurture', 'Unrouted_Leads', 'Archive']);
    expect(
      rows.filter(({ object, fields }) => object === 'QueueSobject' && fields['SobjectType'] === 'Lead'),
    ).toHaveLength(4);
  });

  it('writes to nobody outside of the domains for examples', () => {
    const mails = rows.map(({ fields }) => fields['Email']).filter((mail) => typeof mail === 'string');

    expect(mails.filter((mail) => !/^[^@\s]+@[a-z0-9.-]+\.example$/.test(mail))).toEqual([]);
  });
});

describe('the demo company', () => {
  const records = demoSeed(NOW);
  const of = (object: string): readonly StoredRecord[] =>
    records.filter((record) => record.object === object).map(({ fields }) => fields);

  it('is the same for the same seed, and another for another', () => {
    expect(demoSeed(NOW)).toEqual(records);
    expect(demoSeed(NOW, 2)).not.toEqual(records);
  });

  it.each([
    ['Account', 120],
    ['Opportunity', 250],
    ['Lead', 400],
  ])('has its %ss', (object, count) => {
    expect(of(object)).toHaveLength(count);
  });

  it('has ids in no order of time, and many records of one second', () => {
    const byTime = of('Lead').toSorted((a, b) =>
      String(a['SystemModstamp']).localeCompare(String(b['SystemModstamp'])),
    );
    const inversions = byTime.filter(
      (lead, index) => index > 0 && String(lead['Id']) < String(byTime[index - 1]!['Id']),
    );

    expect(inversions.length).toBeGreaterThan(100);
    expect(new Set(byTime.map((lead) => lead['SystemModstamp'])).size).toBeLessThan(330);
  });

  it('has open deals with no role, with blank, duplicate and foreign ones, and one that took in everybody', () => {
    const roles = of('OpportunityContactRole');
    const rolesOf = Map.groupBy(roles, (role) => String(role['OpportunityId']));
    const open = of('Opportunity').filter((deal) => deal['IsClosed'] === false);

    expect(open.filter((deal) => !rolesOf.has(String(deal['Id']))).length).toBeGreaterThan(30);
    expect(roles.filter((role) => role['Role'] === null).length).toBeGreaterThan(10);
    expect(roles.filter((role) => role['Role'] === 'Gatekeeper').length).toBeGreaterThan(0);
    expect([...rolesOf.values()].filter(hasOnePersonTwice).length).toBeGreaterThan(3);
    expect([...rolesOf.values()].filter((rows) => rows.length >= 8).length).toBeGreaterThan(0);
  });

  it('has leads in the queue, with marketing and with reps, converted ones, and names in many scripts', () => {
    const leads = of('Lead');
    const inbound = of('Group').find((group) => group['DeveloperName'] === 'Inbound_Leads')!['Id'];
    const names = leads.map((lead) => lead['LastName']).join('');

    expect(leads.filter((lead) => lead['OwnerId'] === inbound).length).toBeGreaterThan(100);
    expect(leads.filter((lead) => lead['IsConverted'] === true).length).toBeGreaterThan(10);
    expect(new Set(leads.map((lead) => lead['Status'])).size).toBe(11);
    expect(new Set(leads.map((lead) => lead['Country'])).size).toBeGreaterThan(60);
    for (const script of ['Cyrillic', 'Greek', 'Han', 'Hangul', 'Arabic', 'Devanagari', 'Thai']) {
      expect(names).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
    }
  });
});

describe('the tiny world', () => {
  it.each([
    ['Lead', 12],
    ['Opportunity', 8],
    ['OpportunityContactRole', 14],
  ])('has of %s: %i', (object, count) => {
    expect(tinySeed(NOW).filter((record) => record.object === object)).toHaveLength(count);
  });
});

function prefixOf(object: string): string {
  return SCHEMA.get(object.toLowerCase())?.keyPrefix ?? '?';
}

function referencesOf(object: string, fields: StoredRecord): readonly (readonly [string, string])[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const type = SCHEMA.get(object.toLowerCase())?.fields.get(name.toLowerCase())?.type;
    return type === 'reference' && typeof value === 'string' ? [[name, value] as const] : [];
  });
}

function fits(field: FieldSchema, value: SandboxValue): boolean {
  if (value === null) return field.nillable;
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return typeof value === 'number';
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(String(value));
    case 'datetime':
      return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000\+0000$/.test(String(value));
    default: {
      const isKnown = field.picklistValues.some((entry) => entry.value === value);
      return typeof value === 'string' && value.length <= field.length && (isKnown || !field.restrictedPicklist);
    }
  }
}

function hasOnePersonTwice(roles: readonly StoredRecord[]): boolean {
  return new Set(roles.map((role) => role['ContactId'])).size < roles.length;
}
