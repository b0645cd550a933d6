import { readStamp } from '../../src/sandbox/org-clock.ts';
import type { LoggedRequest } from '../../src/sandbox/request-log.ts';
import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { Change } from '../../src/sandbox/store.ts';
import type { StoredRecord } from '../../src/sandbox/types.ts';
import { undesiredFlags } from './desired-committees.ts';
import { undesiredLeads } from './desired-leads.ts';
import { attemptsIn, isAnswered, oddWritesIn, reads, textOf, type Attempt } from './request-facts.ts';

/** What a scenario did that the org cannot tell. */
export type Scenario = {
  /** How often people changed one record and its children, at most. */
  readonly outsideChanges?: number;
  /** Whether the scenario lets every record get to its end; false when a fault still stands. */
  readonly isSettled?: boolean;
  /** Whether every lead and deal is one for which `desired-leads.ts` and `desired-committees.ts` can tell what is right. */
  readonly isJudged?: boolean;
  /** Place in the log from which on nobody but the daemon did anything and it had nothing left to do. */
  readonly quietFrom?: number;
  /** Whether Redis lost what it held: turns that were not written yet are taken again (I7). */
  readonly isRedisLost?: boolean;
};

/**
 * Holds what the daemon did to the invariants of reliability §2.19. It reads only the org's final state and its request
 * log, and knows nothing of the daemon but which user it is and which fields the example configuration writes.
 * @returns one line per violation; empty when all hold
 */
export function findViolations(sandbox: SandboxOrg, scenario: Scenario = {}): readonly string[] {
  const facts = gatherFacts(sandbox, scenario);
  return INVARIANTS.flatMap(([name, check]) => check(facts).map((what) => `${name}: ${what}`));
}

type Facts = {
  readonly sandbox: SandboxOrg;
  readonly entries: readonly LoggedRequest[];
  readonly attempts: readonly Attempt[];
  /** What the daemon's requests committed to records that it owns fields of; echoes on parents are left out. */
  readonly effects: readonly Effect[];
  readonly scenario: Required<Scenario>;
};

type Effect = Change & { readonly at: number; readonly receivedAt: number; readonly fields: readonly string[] };

/** What the example configuration writes; nothing else may ever be in a body. */
const OWNED: Readonly<Record<string, ReadonlySet<string>>> = {
  Lead: new Set(
    (
      'OwnerId Status MQL__c MQL_Date__c MQL_Reason__c Disqualified_Reason__c Territory__c Routed_At__c ' +
      'Routing_Reason__c Rolecall_Turn__c SLA_Breached__c Recycle_Reason__c'
    ).split(' '),
  ),
  Opportunity: new Set([
    'Contact_Role_Status__c',
    'Contact_Role_Coverage__c',
    'Missing_Contact_Roles__c',
    'Rolecall_Episode__c',
    'Deal_Gaps__c',
  ]),
  Task: new Set('OwnerId WhatId WhoId Subject Description Status Priority ActivityDate Rolecall_Key__c'.split(' ')),
};

const INTAKE_QUEUES = new Set(['Inbound_Leads', 'Marketing_Nurture']);
const INTAKE_USERS = new Set(['svc-rolecall@northwind.example', 'marketo@northwind.example']);

const INVARIANTS: readonly (readonly [string, (facts: Facts) => readonly string[]])[] = [
  ['I1 leads are as desired', ({ sandbox, scenario }) => (scenario.isJudged ? undesiredLeads(sandbox) : [])],
  ['I3 flags are as desired', ({ sandbox, scenario }) => (scenario.isJudged ? undesiredFlags(sandbox) : [])],
  ['I2 writes only to what is ours to write', writesToForeign],
  ['I4 one task per episode', tasksPerKey],
  ['I5 never two open tasks about one deal', overlappingTasks],
  ['I6 one owner change per lead', ownerChanges],
  ['I9 one lead per turn', sharedTurns],
  ['I10 nothing of a person is overwritten', overwrittenPeople],
  ['I12 few writes per record', writesPerRecord],
  ['I15 at most one attempt on a converted lead', attemptsOnConverted],
  ['I16 no task before its episode, no violation without a task', tasksAndEpisodes],
  ['I17 every page is followed', brokenChains],
  ['I24 no create is sent twice unread', blindRepeats],
  ['I26 headers, owned fields, whole ids', wrongRequests],
  ['C16 no role is written, nothing is deleted', forbiddenWrites],
];

const PLAIN: Required<Scenario> = {
  outsideChanges: 1,
  isSettled: true,
  isJudged: false,
  quietFrom: Number.POSITIVE_INFINITY,
  isRedisLost: false,
};

function gatherFacts(sandbox: SandboxOrg, scenario: Scenario): Facts {
  const { entries } = sandbox.log;
  const attempts = attemptsIn(entries);
  const written = new Set(attempts.map(({ at, id, object }) => `${at}:${id ?? object}`));
  const effects = entries.flatMap(({ changes, receivedAt }, at) =>
    changes
      .filter(({ id, object, before }) => written.has(before === null ? `${at}:${object}` : `${at}:${id}`))
      .map((change): Effect => ({ ...change, at, receivedAt, fields: changedFields(change) })),
  );
  return { sandbox, entries, attempts, effects, scenario: { ...PLAIN, ...scenario } };
}

function changedFields({ object, before, after }: Change): readonly string[] {
  return [...(OWNED[object] ?? [])].filter((field) => (before?.[field] ?? null) !== (after?.[field] ?? null));
}

function writesToForeign(facts: Facts): readonly string[] {
  return facts.effects.flatMap((effect) => {
    const why = foreignness(facts.sandbox, effect);
    return why === null || wasRightBefore(facts, effect) ? [] : [`${effect.object} ${effect.id} ${why}`];
  });
}

function foreignness(sandbox: SandboxOrg, { object, before }: Effect): string | null {
  if (before === null) return null;
  if (object === 'Lead' && before['IsConverted'] === true) return 'was converted';
  if (object === 'Lead' && !isIntake(sandbox, before)) return `belonged to ${String(before['OwnerId'])}`;
  return object !== 'Lead' && before['IsClosed'] === true ? 'was closed' : null;
}

/** The guard reads right before the write; who changes the record in between, within five seconds, is not seen. */
function wasRightBefore({ entries }: Facts, { id, at, before, receivedAt }: Effect): boolean {
  const changedAt = readStamp(String(before?.['LastModifiedDate'])) ?? 0;
  const lastRead = entries.slice(0, at).findLast((request) => reads(request, id));
  if (lastRead === undefined) return false;
  return receivedAt - lastRead.receivedAt <= 5_000 && changedAt + 1_000 > lastRead.receivedAt;
}

function isIntake({ org }: SandboxOrg, lead: StoredRecord): boolean {
  const owner = org.record(String(lead['OwnerId'])) ?? {};
  return INTAKE_QUEUES.has(String(owner['DeveloperName'])) || INTAKE_USERS.has(String(owner['Username']));
}

function tasksPerKey({ effects }: Facts): readonly string[] {
  const made = effects.filter(({ object, before }) => object === 'Task' && before === null);
  const byKey = Map.groupBy(made, ({ after }) => String(after?.['Rolecall_Key__c']));
  return [...byKey].flatMap(([key, tasks]) => {
    if (key === 'undefined') return [`${tasks.length} tasks without a key`];
    return tasks.length === 1 ? [] : [`${tasks.length} tasks of ${key}`];
  });
}

/** How long each committee task was open, in the org's time: `[from, until)`. */
function overlappingTasks({ sandbox, effects }: Facts): readonly string[] {
  const made = effects.filter(
    ({ object, before, after }) => object === 'Task' && before === null && after?.['WhatId'] !== undefined,
  );
  const byDeal = Map.groupBy(made, ({ after }) => String(after?.['WhatId']));
  return [...byDeal].flatMap(([deal, tasks]) => {
    const spans = tasks.map(({ id, receivedAt }) => [receivedAt, openUntil(sandbox, id)] as const);
    const overlapping = spans.some(([from], index) =>
      spans.some(([start, until], other) => other < index && from >= start && from < until),
    );
    return overlapping ? [`two open at once about ${deal}`] : [];
  });
}

function openUntil({ org }: SandboxOrg, id: string): number {
  const row = org.row(id);
  const closed = readStamp(String(row?.record['CompletedDateTime'] ?? ''));
  return closed ?? row?.deletedAt ?? Number.POSITIVE_INFINITY;
}

/** Moves within the intake (to nurture) are no routing. */
function ownerChanges({ sandbox, effects }: Facts): readonly string[] {
  const moves = effects.filter(({ object, fields }) => object === 'Lead' && fields.includes('OwnerId'));
  return [...Map.groupBy(moves, ({ id }) => id)].flatMap(([id, changes]) => {
    const owners = changes.map(({ after }) => String(after?.['OwnerId']));
    const given = changes.filter(({ after }) => !isIntake(sandbox, after ?? {}));
    if (given.length > 1) return [`${id} was given away ${given.length} times`];
    return new Set(owners).size < owners.length ? [`${id} went back and forth`] : [];
  });
}

function sharedTurns({ sandbox }: Facts): readonly string[] {
  const turns = sandbox.org.all('Lead').flatMap((lead) => lead['Rolecall_Turn__c'] ?? []);
  return turns.length === new Set(turns).size ? [] : ['a turn went to two leads'];
}

/** The guard reads right before the write; five seconds are what a read may be old (I10). */
function overwrittenPeople({ sandbox, entries, effects }: Facts): readonly string[] {
  return effects.flatMap(({ id, at, before, receivedAt }) => {
    if (before === null || before['LastModifiedById'] === sandbox.userId) return [];
    const changedAt = readStamp(String(before['LastModifiedDate'])) ?? 0;
    const lastRead = entries.slice(0, at).findLast((request) => reads(request, id));
    if (lastRead === undefined) return [`${id} was written unread`];
    const isOlder = lastRead.receivedAt + 1_000 < changedAt && receivedAt - lastRead.receivedAt > 5_000;
    return isOlder ? [`${id} was written as it stood before a person changed it`] : [];
  });
}

function writesPerRecord({ effects, scenario }: Facts): readonly string[] {
  const most = 2 * scenario.outsideChanges + 2;
  return [...Map.groupBy(effects, ({ id }) => id)].flatMap(([id, writes]) =>
    writes.length > most ? [`${id} was written ${writes.length} times, ${most} are many`] : [],
  );
}

function attemptsOnConverted({ sandbox, attempts }: Facts): readonly string[] {
  const late = attempts.filter(({ id, request }) => {
    const lead = id === null ? undefined : sandbox.org.record(id);
    const convertedAt = readStamp(String(lead?.['LastModifiedDate'])) ?? 0;
    return lead?.['IsConverted'] === true && request.receivedAt >= convertedAt + 1_000;
  });
  return [...Map.groupBy(late, ({ id }) => id)].flatMap(([id, tries]) =>
    tries.length > 1 ? [`${String(id)} was tried ${tries.length} times`] : [],
  );
}

function tasksAndEpisodes(facts: Facts): readonly string[] {
  const episodes = new Map<string, number>();
  const early: string[] = [];
  for (const { object, id, before, after } of facts.effects) {
    if (object === 'Opportunity') episodes.set(id, Number(after?.['Rolecall_Episode__c'] ?? 0));
    const key = /^contact-roles:(\w+):(\d+)$/.exec(String(after?.['Rolecall_Key__c']));
    if (object !== 'Task' || before !== null || key === null) continue;
    const shown = episodes.get(key[1]!) ?? Number(facts.sandbox.org.record(key[1]!)?.['Rolecall_Episode__c'] ?? 0);
    if (shown < Number(key[2])) early.push(`the task of ${key[0]} came before its episode`);
  }
  return facts.scenario.isSettled ? [...early, ...violationsWithoutTask(facts)] : early;
}

/** An owner with five open tasks has enough of them (C18); a task that a person deleted is not made again. */
function violationsWithoutTask({ sandbox: { org }, effects }: Facts): readonly string[] {
  const made = effects.filter(({ object }) => object === 'Task').map(({ after }) => after ?? {});
  const keys = new Set([...org.all('Task'), ...made].map((task) => task['Rolecall_Key__c']));
  const violations = org.all(
    'Opportunity',
    (deal) => deal['IsClosed'] !== true && deal['Contact_Role_Status__c'] === 'violation',
  );
  return violations.flatMap(({ Id, OwnerId, Rolecall_Episode__c: episode }) => {
    if (keys.has(`contact-roles:${String(Id)}:${String(episode)}`)) return [];
    const open = org.all('Task', (task) => task['OwnerId'] === OwnerId && task['IsClosed'] !== true);
    return open.length >= 5 ? [] : [`${String(Id)} is in violation and has no task`];
  });
}

/** A page that was lost is read again, by the link or by a query of the same object. */
function brokenChains({ entries }: Facts): readonly string[] {
  return entries.flatMap((request, at) => {
    if (request.kind !== 'query-more' || isAnswered(request)) return [];
    const goesOn = entries
      .slice(at + 1)
      .some(({ kind, path }) => path === request.path || kind === 'query' || kind === 'composite');
    return goesOn ? [] : [`${request.path} was given up`];
  });
}

function blindRepeats({ entries, attempts }: Facts): readonly string[] {
  // A 401 is told before anything is done: with a new token the same request goes out again (XE21).
  const creates = attempts.filter(({ kind, request }) => kind === 'create' && request.status !== 401);
  return [...Map.groupBy(creates, ({ fields }) => String(fields['Rolecall_Key__c']))].flatMap(([key, tries]) => {
    const about = String(tries[0]?.fields['WhatId'] ?? tries[0]?.fields['WhoId']);
    return tries.slice(1).flatMap(({ at }, index) => {
      const wasRead = entries.slice(tries[index]!.at + 1, at).some((request) => reads(request, about));
      return wasRead ? [] : [`${key} was sent again without a look`];
    });
  });
}

function wrongRequests({ entries, attempts }: Facts): readonly string[] {
  const strangers = entries
    .filter(({ headers, kind }) => kind !== 'token' && headers['user-agent'] !== 'rolecall')
    .map(({ path }) => `${path.slice(0, 40)} came without our name`);
  const wrong = attempts.flatMap(({ object, id, fields, headers }) => {
    const foreign = Object.keys(fields).filter((field) => OWNED[object]?.has(field) !== true);
    return [
      ...(headers['sforce-auto-assign']?.toUpperCase() === 'FALSE'
        ? []
        : [`${object} without Sforce-Auto-Assign: FALSE`]),
      ...foreign.map((field) => `${object}.${field} is not ours`),
      ...(id === null || id.length === 18 ? [] : [`${id} is no whole id`]),
    ];
  });
  return [...new Set([...strangers, ...wrong])];
}

function forbiddenWrites({ entries, attempts }: Facts): readonly string[] {
  const odd = oddWritesIn(entries).map((request) => `${request.method} ${textOf(request)}`);
  const roles = attempts.filter(({ object }) => object === 'OpportunityContactRole');
  return [...odd, ...roles.map(({ kind }) => `${kind} of a contact role`)];
}
