import { readStamp } from '../../../src/sandbox/org-clock.ts';
import type { SandboxOrg } from '../../../src/sandbox/sandbox-org.ts';
import { RELOAD } from '../desired-config.ts';
import { reads } from '../request-facts.ts';
import { isIntake, subjectOf, type Effect, type Facts } from './facts.ts';

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

export function writesPerRecord({ effects, outside }: Facts): readonly string[] {
  return [...Map.groupBy(effects, ({ id }) => id)].flatMap(([id, writes]) => {
    // What people do to a task they do to what it is about.
    const changes = outside.events(subjectOf(id, writes[0]?.after ?? {})).length;
    const most = 2 * changes + 2;
    return writes.length > most ? [`${id} was written ${writes.length} times, ${most} are many`] : [];
  });
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

const POISON = new Set([
  'FIELD_CUSTOM_VALIDATION_EXCEPTION',
  'REQUIRED_FIELD_MISSING',
  'DUPLICATES_DETECTED',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
]);

/** What says that another owner is needed, that somebody else already holds the turn, or that it goes back (R14). */
const OTHER_OWNER = new Set([
  'INACTIVE_OWNER_OR_USER',
  'OP_WITH_INVALID_USER_TYPE_EXCEPTION',
  'INVALID_CROSS_REFERENCE_KEY',
  'TRANSFER_REQUIRES_READ',
  'DUPLICATE_VALUE',
  ...POISON,
]);

/**
 * A retry never gives the lead to another person, whatever became of the attempt before. What people changed since the
 * first one was decided, and a lost Redis in between, make it another decision.
 */
export function changedMinds({ sandbox, attempts, outside, studies, scenario }: Facts): readonly string[] {
  const gifts = attempts.filter(
    ({ object, id, fields }) => object === 'Lead' && id !== null && 'OwnerId' in fields && !isIntake(sandbox, fields),
  );
  return [...Map.groupBy(gifts, ({ id }) => String(id))].flatMap(([id, tries]) =>
    tries.slice(1).flatMap(({ fields, request }, index) => {
      const earlier = tries[index]!;
      if (earlier.refusal !== null && OTHER_OWNER.has(earlier.refusal.code)) return [];
      const since = studies.before(earlier.request, earlier.at, id);
      const isOther = [...outside.people(id), ...scenario.redisLostAt].some(within(since, request.receivedAt));
      return isOther || earlier.fields['OwnerId'] === fields['OwnerId']
        ? []
        : [`${id} was to go to ${String(earlier.fields['OwnerId'])}, then to ${String(fields['OwnerId'])}`];
    }),
  );
}

function within(from: number, until: number): (at: number) => boolean {
  return (at) => at >= from && at <= until;
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

/** No write goes by what was read before a change that the write before it knew of, whichever replica makes it. */
export function staleDecisions(facts: Facts): readonly string[] {
  const { entries, effects, outside, studies } = facts;
  const disordered = [...Map.groupBy(effects, ({ id }) => id)].flatMap(([id, writes]) => {
    const subject = subjectOf(id, writes[0]?.after ?? {});
    const readAt = writes.flatMap(({ at }) => studies.last(entries[at]!, at, subject) ?? []);
    const isOlder = outside
      .people(subject)
      .some((change) => readAt.some((at, index) => index > 0 && at < change && change < readAt[index - 1]!));
    return isOlder ? [`${id} was written by what was older than the write before`] : [];
  });
  return [...disordered, ...valuesThatCameBack(facts)];
}

/**
 * A value that comes back, although nothing has changed since the decision for the one that had replaced it, comes by a
 * decision that is older than that one.
 */
function valuesThatCameBack({ entries, effects, outside, studies, scenario }: Facts): readonly string[] {
  return [...Map.groupBy(effects, ({ id }) => id)].flatMap(([id, writes]) => {
    const subject = subjectOf(id, writes[0]?.after ?? {});
    return [...new Set(writes.flatMap(({ fields }) => fields))].flatMap((field) => {
      const own = writes.filter(({ fields }) => fields.includes(field));
      const values = [own[0]?.before ?? null, ...own.map(({ after }) => after)].map((record) =>
        JSON.stringify(record?.[field] ?? null),
      );
      return own.slice(1).flatMap(({ receivedAt }, index) => {
        const replaced = own[index]!;
        const comesBack = values.slice(0, index + 1).includes(values[index + 2]!);
        const since = studies.before(entries[replaced.at]!, replaced.at, subject);
        const isEdited = scenario.configs.slice(1).some((next) => within(since - RELOAD, receivedAt)(next.since));
        const hasReason = isEdited || [id, subject].some((one) => outside.events(one).some(within(since, receivedAt)));
        // A grace ends by itself.
        const isOver = values[index + 1] === '"warning"' && values[index + 2] === '"violation"';
        return comesBack && !hasReason && !isOver ? [`${field} of ${id} went back to an earlier value`] : [];
      });
    });
  });
}

/** After everything was done: with no outside change there is nothing to write. */
export function echoes({ effects, scenario }: Facts): readonly string[] {
  return effects
    .filter(({ at }) => at >= scenario.quietFrom)
    .map(
      ({ object, id, fields }) => `${object} ${id} was written in an org where nothing happens: ${fields.join(', ')}`,
    );
}

/** A record that the org does not take is not tried for ever; a change, a configuration and a retry are a new beginning. */
export function poisonAttempts({ attempts, outside, scenario }: Facts): readonly string[] {
  const refused = attempts.filter(({ refusal }) => refusal !== null && POISON.has(refusal.code));
  const anew = scenario.configs.length - 1 + scenario.redisLostAt.length + scenario.retriedAt.length;
  return [...Map.groupBy(refused, ({ id, fields }) => id ?? String(fields['Rolecall_Key__c']))].flatMap(
    ([id, tries]) => {
      const changes = outside.people(subjectOf(tries[0]!.id, tries[0]!.fields)).length + anew;
      const most = 8 * Math.max(1, changes);
      return tries.length > most ? [`${id} was tried ${tries.length} times in vain, ${most} are many`] : [];
    },
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
