import { writeInstant, type Instant } from '../domain/instant.ts';
import { OBJECT_OF, type WorkKind } from '../domain/work.ts';
import type { Alert } from '../domain/alert.ts';
import type { Alerts } from '../ports.ts';
import { withoutValues } from './without-values.ts';
import type { Fate } from './write-back.ts';

export type AlertWorld = {
  readonly alerts: Alerts;
  /** Of this batch. */
  readonly at: Instant;
};

/** Refusals that are not the record's fault, and go on until somebody in the org mends them. */
const ALARMING = new Set(['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'STORAGE_LIMIT_EXCEEDED']);

/** Somebody who changes back what we write, and what is left alone from now on. */
export type Fight = { readonly recordId: string; readonly fields: readonly string[]; readonly by: string };

/**
 * Tells those who run the daemon what a batch has met and they must know: who undoes our writes, once per record and
 * fight (F34); a rule of the org that refuses, or its storage, once per text and day (RE17).
 * @param channel  null when the configuration has none
 */
export async function alertOperators(
  kind: WorkKind,
  met: { readonly fates: ReadonlyMap<string, Fate>; readonly fights: readonly Fight[] },
  channel: string | null,
  { alerts, at }: AlertWorld,
): Promise<void> {
  if (channel === null) return;
  const object = OBJECT_OF[kind];
  const day = writeInstant(at).slice(0, 10);
  const posted = new Map<string, Alert['facts']>();
  for (const { recordId, fields, by } of met.fights) {
    const facts = { event: 'fight', object, record_id: recordId, fields: fields.join(', '), other_user_id: by };
    posted.set(`fight:${recordId}:${fields.join()}:${writeInstant(at)}`, facts);
  }
  for (const [recordId, fate] of met.fates) {
    if (fate.kind !== 'refused' || !ALARMING.has(fate.code)) continue;
    const { code } = fate;
    const message = withoutValues(fate.message);
    const key = `refused:${day}:${code}:${message}`;
    if (!posted.has(key)) posted.set(key, { event: 'refused', object, record_id: recordId, code, message });
  }
  if (posted.size > 0) await alerts.post([...posted].map(([key, facts]) => ({ channel, key, facts })));
}
