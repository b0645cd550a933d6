import type { StoredRecord } from '../../src/sandbox/types.ts';
import type { Facts } from './checks/facts.ts';
import { configsWithin, type DesiredConfig } from './desired-config.ts';

/**
 * What must have become of a lead, decided anew and by hand for the leads that fault worlds hold: the example, or a
 * configuration that gives the north to another pool, on a Tuesday morning on which Europe is at work. Rules that no such lead meets are not here.
 */
export type DesiredLead = {
  readonly outcome: 'suppressed' | 'disqualified' | 'hold' | 'nurture' | 'qualified';
  /** Who may own it: usernames, or names of queues; null when it may be anybody's. */
  readonly owners: readonly string[] | null;
  /** `Territory__c`; null when it stays as it is. */
  readonly territory: string | null;
};

export function desireLead(lead: StoredRecord, config: DesiredConfig): DesiredLead {
  const domain = /@(.+)$/.exec(String(lead['Email'] ?? ''))?.[1]?.toLowerCase() ?? null;
  if (domain === 'northwind.example') return { outcome: 'suppressed', owners: null, territory: null };
  const country = COUNTRIES[String(lead['Country'])] ?? null;
  if (country === 'IR') return { outcome: 'disqualified', owners: null, territory: null };
  if (country === null) return { outcome: 'hold', owners: null, territory: null };
  if (lead['LeadSource'] !== 'Demo Request')
    return { outcome: 'nurture', owners: ['Marketing_Nurture'], territory: null };
  const [territory, pool] = country === 'NO' ? nordicsOf(config) : POOLS[country]!;
  return { outcome: 'qualified', owners: ownersBefore(lead, domain) ?? pool, territory };
}

/** The steps before the territories (R3–R5). */
function ownersBefore(lead: StoredRecord, domain: string | null): readonly string[] | null {
  if (lead['Email'] === 'a@fjord.example') return ['max@northwind.example'];
  if (domain !== null && /(^|\.)fjord-energy\.example$/.test(domain)) return ['ron@northwind.example'];
  return domain === 'matched.example' ? ['max@northwind.example'] : null;
}

const COUNTRIES: Readonly<Record<string, string>> = {
  Norway: 'NO',
  UK: 'GB',
  Germany: 'DE',
  France: 'FR',
  Italy: 'IT',
  Brazil: 'BR',
  US: 'US',
  Iran: 'IR',
};

type Way = readonly [territory: string | null, owners: readonly string[]];

const EMEA_GENERAL = ['kim@northwind.example', 'lee@northwind.example'];

function nordicsOf({ nordics }: DesiredConfig): Way {
  return ['emea/nordics', nordics === 'nordics' ? ['ron@northwind.example'] : EMEA_GENERAL];
}

const POOLS: Readonly<Record<string, Way>> = {
  GB: ['emea/uki', ['max@northwind.example', 'nia@northwind.example']],
  // Pia is away.
  DE: ['emea/dach', ['otto@northwind.example']],
  FR: ['emea', EMEA_GENERAL],
  IT: ['emea', EMEA_GENERAL],
  BR: [null, ['xen@northwind.example', 'yas@northwind.example']],
  // America opens at 13:00.
  US: [null, ['Inbound_Leads']],
};

/**
 * I1: every lead that is ours shows what is desired of it, by a configuration that was in force between the time at which
 * it was as it is and the time at which it was given away (I30, I31, R20). @returns one line per lead that does not
 */
export function undesiredLeads({ sandbox: { org, userId, clock }, effects, scenario }: Facts): readonly string[] {
  if (!scenario.isJudged) return [];
  const changes = org.doings().flatMap((doing) => doing.changes.map((change) => ({ ...change, at: doing.at })));
  const usable = org.all('Lead', (lead) => lead['IsConverted'] !== true);
  return usable.flatMap((lead) => {
    const owner = ownerOf(lead);
    const isIntake = owner === 'Inbound_Leads' || owner === 'Marketing_Nurture';
    // Where a person had the last word, or changed after routing what routing went by, the lead is somebody's (R20, R22).
    if (lead['LastModifiedById'] !== userId && !isIntake) return [];
    const given = effects.findLast(({ id, fields }) => id === lead['Id'] && fields.includes('OwnerId'));
    const until = given?.receivedAt ?? clock.now();
    const placed = changes.findLast(
      ({ id, at, before, after }) => id === lead['Id'] && at <= until && before?.['Country'] !== after?.['Country'],
    );
    const wrong = configsWithin(scenario.configs, placed?.at ?? until, until).map((config) => {
      const desired = desireLead(lead, config);
      const what = wrongness(lead, desired, owner);
      return what === null ? null : `${String(lead['LastName'])} should be ${desired.outcome}: ${what}`;
    });
    return wrong.includes(null) ? [] : (wrong.at(-1) ?? []);
  });

  function ownerOf(lead: StoredRecord): string {
    const owner = org.record(String(lead['OwnerId'])) ?? {};
    return String(owner['Username'] ?? owner['DeveloperName']);
  }
}

function wrongness(lead: StoredRecord, { outcome, owners, territory }: DesiredLead, owner: string): string | null {
  if (outcome === 'suppressed') return lead['MQL__c'] === true ? 'it was qualified' : null;
  if (outcome === 'disqualified') return expectField(lead, 'Status', 'Closed - Not Converted');
  if (outcome === 'hold') return expectField(lead, 'Status', 'Open - Not Contacted');
  if (owners !== null && !owners.includes(owner)) return `its owner is ${owner}, not one of ${owners.join(', ')}`;
  if (outcome === 'nurture') return expectField(lead, 'Status', 'Nurturing');
  return expectField(lead, 'MQL__c', true) ?? expectField(lead, 'Territory__c', territory);
}

function expectField(lead: StoredRecord, field: string, wanted: string | boolean | null): string | null {
  const shown = lead[field] ?? null;
  return shown === wanted ? null : `${field} is ${String(shown)}, not ${String(wanted)}`;
}
