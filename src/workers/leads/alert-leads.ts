import type { Alert } from '../../domain/alert.ts';
import { handoffKey } from '../../rules/routing/plan-handoff.ts';
import type { LeadRuling } from './decide-leads.ts';
import type { LeadPass } from './lead-pass.ts';
import { alertOperators, type Fight } from '../alert-operators.ts';
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

/** Tells those who run the daemon what the batch has met. */
export async function alertMet(
  rulings: readonly LeadRuling[],
  fates: ReadonlyMap<string, Fate>,
  pass: LeadPass,
): Promise<void> {
  const fights = rulings.flatMap(({ lead, kind }): readonly Fight[] => {
    if (kind !== 'settled' || lead.revert?.next !== 'fight') return [];
    return [{ recordId: lead.id, fields: ['OwnerId'], by: lead.revert.by }];
  });
  await alertOperators('lead', { fates, fights }, channelOf(pass) ?? pass.taken.alertChannel, pass);
}

function channelOf({ taken }: LeadPass): string | null {
  return taken.rulebook.routing?.rules.handoff.alert ?? null;
}
