import { writeInstant } from '../../domain/instant.ts';
import type { Alert } from '../../ports.ts';
import { handoffKey } from '../../rules/routing/plan-handoff.ts';
import type { LeadRuling } from './decide-leads.ts';
import type { LeadPass } from './lead-pass.ts';
import type { Fate } from '../write-back.ts';

/** Tells that leads have a new owner: once per lead and epoch. */
export async function alertAssigned(rulings: readonly LeadRuling[], pass: LeadPass): Promise<void> {
  const channel = channelOf(pass);
  if (channel === null) return;
  const alerts = rulings.flatMap(({ lead, assignment, qualification }): readonly Alert[] => {
    if (assignment === null) return [];
    const { ownerId, territory, pool } = assignment;
    const { reason = null, points = null } = qualification ?? {};
    const facts = { event: 'lead_assigned', lead_id: lead.id, owner_id: ownerId, reason, points, territory, pool };
    return [{ channel, key: handoffKey(lead.id, lead.epoch.number), facts }];
  });
  if (alerts.length > 0) await pass.alerts.post(alerts);
}

/** Tells who undoes our assignments, once per lead and fight (F34). */
export async function alertFights(rulings: readonly LeadRuling[], pass: LeadPass): Promise<void> {
  const channel = channelOf(pass);
  if (channel === null) return;
  const alerts = rulings.flatMap(({ lead, kind }): readonly Alert[] => {
    if (kind !== 'settled' || lead.revert?.next !== 'fight') return [];
    const facts = { event: 'fight', lead_id: lead.id, other_user_id: lead.revert.by };
    return [{ channel, key: `fight:${lead.id}:${writeInstant(pass.at)}`, facts }];
  });
  if (alerts.length > 0) await pass.alerts.post(alerts);
}

/** Tells that a rule of the org refuses leads: once per text of the rule and day (RE17). */
export async function alertRefused(fates: ReadonlyMap<string, Fate>, pass: LeadPass): Promise<void> {
  const channel = channelOf(pass);
  if (channel === null) return;
  const day = writeInstant(pass.at).slice(0, 10);
  const alerts = new Map<string, Alert>();
  for (const [leadId, fate] of fates) {
    if (fate.kind !== 'refused' || fate.code !== 'FIELD_CUSTOM_VALIDATION_EXCEPTION') continue;
    const { code, message } = fate;
    const key = `refused:${day}:${code}:${message}`;
    if (!alerts.has(key))
      alerts.set(key, { channel, key, facts: { event: 'lead_refused', lead_id: leadId, code, message } });
  }
  if (alerts.size > 0) await pass.alerts.post([...alerts.values()]);
}

/** Where alerts about leads go; null when the configuration names no channel for them. */
export function channelOf({ taken }: LeadPass): string | null {
  return taken.rulebook.routing?.rules.handoff.alert ?? null;
}
