import { readStamp } from '../../../src/sandbox/org-clock.ts';
import type { SandboxOrg } from '../../../src/sandbox/sandbox-org.ts';
import { reads } from '../request-facts.ts';
import { isIntake, type Effect, type Facts } from './facts.ts';

export function writesToForeign(facts: Facts): readonly string[] {
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

/** Moves within the intake (to nurture) are no routing. */
export function ownerChanges({ sandbox, effects }: Facts): readonly string[] {
  const moves = effects.filter(({ object, fields }) => object === 'Lead' && fields.includes('OwnerId'));
  return [...Map.groupBy(moves, ({ id }) => id)].flatMap(([id, changes]) => {
    const owners = changes.map(({ after }) => String(after?.['OwnerId']));
    const given = changes.filter(({ after }) => !isIntake(sandbox, after ?? {}));
    if (given.length > 1) return [`${id} was given away ${given.length} times`];
    return new Set(owners).size < owners.length ? [`${id} went back and forth`] : [];
  });
}

/** The guard reads right before the write; five seconds are what a read may be old (I10). */
export function overwrittenPeople({ sandbox, entries, effects }: Facts): readonly string[] {
  return effects.flatMap(({ id, at, before, receivedAt }) => {
    if (before === null || before['LastModifiedById'] === sandbox.userId) return [];
    const changedAt = readStamp(String(before['LastModifiedDate'])) ?? 0;
    const lastRead = entries.slice(0, at).findLast((request) => reads(request, id));
    if (lastRead === undefined) return [`${id} was written unread`];
    const isOlder = lastRead.receivedAt + 1_000 < changedAt && receivedAt - lastRead.receivedAt > 5_000;
    return isOlder ? [`${id} was written as it stood before a person changed it`] : [];
  });
}

export function writesPerRecord({ effects, scenario }: Facts): readonly string[] {
  const most = 2 * scenario.outsideChanges + 2;
  return [...Map.groupBy(effects, ({ id }) => id)].flatMap(([id, writes]) =>
    writes.length > most ? [`${id} was written ${writes.length} times, ${most} are many`] : [],
  );
}

export function attemptsOnConverted({ sandbox, attempts }: Facts): readonly string[] {
  const late = attempts.filter(({ id, request }) => {
    const lead = id === null ? undefined : sandbox.org.record(id);
    const convertedAt = readStamp(String(lead?.['LastModifiedDate'])) ?? 0;
    return lead?.['IsConverted'] === true && request.receivedAt >= convertedAt + 1_000;
  });
  return [...Map.groupBy(late, ({ id }) => id)].flatMap(([id, tries]) =>
    tries.length > 1 ? [`${String(id)} was tried ${tries.length} times`] : [],
  );
}

/** What says that another owner is needed, or that somebody else already holds the turn. */
const OTHER_OWNER = new Set([
  'INACTIVE_OWNER_OR_USER',
  'OP_WITH_INVALID_USER_TYPE_EXCEPTION',
  'INVALID_CROSS_REFERENCE_KEY',
  'TRANSFER_REQUIRES_READ',
  'DUPLICATE_VALUE',
]);

/** A retry never gives the lead to another person, whatever became of the attempt before. */
export function changedMinds({ sandbox, attempts, scenario }: Facts): readonly string[] {
  // A person who changes what routing goes by, and a lost Redis, make it another decision.
  if (scenario.isRedisLost || scenario.outsideChanges > 1) return [];
  const gifts = attempts.filter(
    ({ object, id, fields }) => object === 'Lead' && id !== null && 'OwnerId' in fields && !isIntake(sandbox, fields),
  );
  return [...Map.groupBy(gifts, ({ id }) => id)].flatMap(([id, tries]) =>
    tries.slice(1).flatMap(({ fields }, index) => {
      const earlier = tries[index]!;
      const isExcused = earlier.refusal !== null && OTHER_OWNER.has(earlier.refusal.code);
      return isExcused || earlier.fields['OwnerId'] === fields['OwnerId']
        ? []
        : [`${String(id)} was to go to ${String(earlier.fields['OwnerId'])}, then to ${String(fields['OwnerId'])}`];
    }),
  );
}

const GONE = new Set(['ENTITY_IS_DELETED', 'NOT_FOUND', 'CANNOT_UPDATE_CONVERTED_LEAD']);

/** Who has been told that a record is gone leaves it alone until it has seen it again. */
export function writesToGone({ entries, attempts }: Facts): readonly string[] {
  return attempts.flatMap(({ id, at, refusal }) => {
    if (id === null || refusal === null || !GONE.has(refusal.code)) return [];
    const next = attempts.find((other) => other.id === id && other.at > at);
    if (next === undefined) return [];
    const isSeen = entries.slice(at + 1, next.at).some((request) => reads(request, id));
    return isSeen ? [] : [`${id} was written after ${refusal.code}`];
  });
}

/** The loser of a merge may be met once by a write that was on its way. */
export function writesToLosers({ sandbox, attempts }: Facts): readonly string[] {
  return attempts.flatMap(({ id, request }) => {
    const row = id === null ? undefined : sandbox.org.row(id);
    if (row?.deletedAt == null || row.record['MasterRecordId'] == null) return [];
    return request.receivedAt > row.deletedAt + 5_000 ? [`${String(id)} was written although it was merged away`] : [];
  });
}

/** No write goes by what was read before that by which the write before it went, whichever replica makes it. */
export function staleDecisions(facts: Facts): readonly string[] {
  const { entries, effects } = facts;
  const updates = effects.filter(({ before }) => before !== null);
  const disordered = [...Map.groupBy(updates, ({ id }) => id)].flatMap(([id, writes]) => {
    const places = writes.length < 2 ? [] : writes.flatMap(({ at }) => readBehind(entries, at, id) ?? []);
    return places.some((place, index) => index > 0 && place < places[index - 1]!)
      ? [`${id} was written by what was older than the write before`]
      : [];
  });
  return [...disordered, ...valuesThatCameBack(facts)];
}

/** Place of the read by which a write was decided: the last of the same replica; null when there was none. */
function readBehind(entries: Facts['entries'], at: number, id: string): number | null {
  const token = entries[at]!.headers['authorization'];
  const place = entries
    .slice(0, at)
    .findLastIndex(
      (request) => request.kind === 'composite' && request.headers['authorization'] === token && reads(request, id),
    );
  return place === -1 ? null : place;
}

/** Where nobody else did anything, a value that was replaced comes back only by a decision that was out of date. */
function valuesThatCameBack({ effects, scenario }: Facts): readonly string[] {
  if (scenario.outsideChanges > 1) return [];
  return [...Map.groupBy(effects, ({ id }) => id)].flatMap(([id, writes]) =>
    [...new Set(writes.flatMap(({ fields }) => fields))].flatMap((field) => {
      const values = writes
        .filter(({ fields }) => fields.includes(field))
        .map(({ after }) => JSON.stringify(after?.[field] ?? null));
      return new Set(values).size < values.length ? [`${field} of ${id} went back to an earlier value`] : [];
    }),
  );
}

/** After everything was done: with no outside change there is nothing to write. */
export function echoes({ effects, scenario }: Facts): readonly string[] {
  return effects
    .filter(({ at }) => at >= scenario.quietFrom)
    .map(
      ({ object, id, fields }) => `${object} ${id} was written in an org where nothing happens: ${fields.join(', ')}`,
    );
}

const POISON = new Set([
  'FIELD_CUSTOM_VALIDATION_EXCEPTION',
  'REQUIRED_FIELD_MISSING',
  'DUPLICATES_DETECTED',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
]);

/** A record that the org does not take is not tried for ever. */
export function poisonAttempts({ attempts, scenario }: Facts): readonly string[] {
  const refused = attempts.filter(({ refusal }) => refusal !== null && POISON.has(refusal.code));
  const most = 8 * scenario.outsideChanges;
  return [...Map.groupBy(refused, ({ id, fields }) => id ?? String(fields['Rolecall_Key__c']))].flatMap(
    ([id, tries]) => (tries.length > most ? [`${id} was tried ${tries.length} times in vain, ${most} are many`] : []),
  );
}

/** In 95 of 100 cases the effect of a change is there two polls and five seconds later. */
export function lateEffects({ effects, scenario: { asked, pollMs } }: Facts): readonly string[] {
  const waits = asked.map(({ id, at }) => {
    const effect = effects.find((other) => other.id === id && other.receivedAt >= at);
    return effect === undefined ? Number.POSITIVE_INFINITY : effect.receivedAt - at;
  });
  const late = waits.filter((ms) => ms > 2 * pollMs + 5_000);
  return late.length > waits.length / 20 ? [`${late.length} of ${waits.length} changes waited too long`] : [];
}
