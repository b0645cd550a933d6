import { fieldUses } from './field-uses.ts';
import { modeOf } from './mode.ts';
import type { Config } from './schema.ts';

/** What a permission set grants on an object. */
export type ObjectRight = 'read' | 'create' | 'edit' | 'delete' | 'view all' | 'modify all';

/** A permission of a user, by the name that `UserPermissionAccess` has for it, without `Permissions`. */
export type UserRight = 'ApiEnabled' | 'TransferAnyLead' | 'EditTask';

/** The least that the integration user needs for a configuration, and why. */
export type NeededRights = {
  readonly objects: ReadonlyMap<string, ReadonlySet<ObjectRight>>;
  readonly user: ReadonlyMap<UserRight, string>;
  /** The fields that are written, as `Lead.Status` in lower case; those that rights on fields do not touch are among them. */
  readonly edited: ReadonlySet<string>;
  /** The fields that are read or written, of whatever object, in lower case; of a path all its parts. */
  readonly read: ReadonlySet<string>;
};

/** What a task of ours holds, whatever the configuration. */
const TASK_FIELDS = ['OwnerId', 'WhatId', 'WhoId', 'Subject', 'Description', 'Status', 'Priority', 'ActivityDate'];

/** What else is read whatever the configuration, by its object. A right to a part of an address is one to all of it. */
const ALWAYS_READ: Readonly<Record<string, readonly string[]>> = {
  Lead: ['Address', 'Country', 'CountryCode', 'LeadSource', 'Company', 'Email', 'Website', 'LastActivityDate'],
  Account: ['BillingAddress', 'BillingCountry', 'BillingCountryCode', 'BillingState', 'BillingStateCode', 'Name'],
  Contact: ['AccountId', 'Name', 'Title'],
  Opportunity: ['Amount', 'CloseDate', 'CurrencyIsoCode'],
  OpportunityContactRole: ['IsPrimary', 'Role'],
  Activity: ['CompletedDateTime', 'StartDateTime', 'EndDateTime', 'TaskSubtype'],
  CampaignMember: ['CampaignId', 'ContactId', 'LeadId', 'FirstRespondedDate', 'HasResponded'],
  Campaign: ['Type'],
  User: ['ManagerId', 'TimeZoneSidKey', 'Username'],
};

/**
 * The rights that a configuration needs: what only observes reads and does not write.
 * Without View All on what is polled, sharing rules hide records and no answer says so.
 */
export function neededRights(config: Config): NeededRights {
  const objects = new Map<string, Set<ObjectRight>>();
  const user = new Map<UserRight, string>([['ApiEnabled', 'nothing works without it']]);
  const need = (object: string, ...rights: readonly ObjectRight[]): void => {
    objects.set(object, new Set([...(objects.get(object) ?? []), ...rights]));
  };
  const mode = (module: string) => modeOf(config, [module]);

  const leadModes = [mode('qualification'), mode('routing')];
  if (leadModes.some((each) => each !== 'off')) need('Lead', 'read', 'view all');
  if (leadModes.includes('enforce')) need('Lead', 'edit');
  const { routing } = config;
  if (routing !== null && routing.mode !== 'off') {
    need('Task', 'read');
    need('Event', 'read');
    need('CampaignMember', 'read');
    if (routing.sticky_duplicate?.objects.includes('Contact') === true) need('Contact', 'read', 'view all');
    if (routing.matched_account !== undefined || routing.named_account !== undefined)
      need('Account', 'read', 'view all');
    if (routing.mode === 'enforce') user.set('TransferAnyLead', 'routing gives leads to other owners');
    if (routing.mode === 'enforce' && routing.handoff.task !== undefined) need('Task', 'create');
  }

  const dealModes = [mode('contact_roles'), mode('opportunity_criteria')];
  if (dealModes.some((each) => each !== 'off')) need('Opportunity', 'read', 'view all');
  if (dealModes.includes('enforce')) need('Opportunity', 'edit');
  const { contact_roles: roles } = config;
  if (roles !== null && roles.mode !== 'off') {
    need('OpportunityContactRole', 'read');
    need('Contact', 'read', 'view all');
    need('Account', 'read');
    for (const object of ['Task', 'Event', 'CampaignMember']) need(object, 'read');
    if (roles.mode === 'enforce' && roles.task !== undefined) need('Task', 'create', 'edit');
    if (roles.mode === 'enforce' && roles.suggest?.auto_add?.enabled === true) need('OpportunityContactRole', 'create');
  }
  if (objects.get('Task')?.has('create') === true) user.set('EditTask', 'tasks are made');
  need('User', 'read');
  const uses = fieldUses(config);
  const read = [
    ...uses.flatMap(({ field }) => fieldsAlong(field)),
    ...TASK_FIELDS,
    ...Object.values(ALWAYS_READ).flat(),
  ];
  const edited = uses
    .filter(({ access, path }) => access !== 'read' && modeOf(config, path) === 'enforce')
    .map(({ object, field }) => `${object}.${field}`);
  const always = ['Lead.OwnerId', ...TASK_FIELDS.map((field) => `Task.${field}`)];
  return { objects, user, read: inLowerCase(read), edited: inLowerCase([...edited, ...always]) };
}

/** `Account.Owner.Name` goes through `AccountId` and `OwnerId`, `Partner__r.Name` through `Partner__c`. */
function fieldsAlong(path: string): readonly string[] {
  const names = path.split('.');
  const lookups = names.slice(0, -1).map((name) => (name.endsWith('__r') ? name.replace(/__r$/, '__c') : `${name}Id`));
  return [...lookups, names.at(-1)!];
}

function inLowerCase(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
