import type { Decision } from '../../domain/decision.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Fields } from '../../domain/record.ts';
import type { Memory } from '../../ports.ts';
import type { Fight } from '../alert-operators.ts';
import { heedFights as heed, SPAN, type Undone } from '../fights.ts';
import { tellCommittee, tellCriteria } from './announce-opportunities.ts';
import type { JudgedBatch, OpportunityPass } from './opportunity-pass.ts';

export type Heeded = {
  /** Without the fields that are left alone. */
  readonly judged: JudgedBatch;
  /** What is remembered of undone writes, by opportunity; those without have no entry. */
  readonly undone: ReadonlyMap<string, Undone>;
  readonly fights: readonly Fight[];
  /** One for each fight. */
  readonly decisions: readonly Decision[];
};

/**
 * Leaves flags alone that somebody changes back each time (F34). A ruling that is the same as when its flags were last
 * written and yet differs from what the org shows has been undone by somebody: no value of ours need be remembered.
 */
export function heedFights({ committees, criteria }: JudgedBatch, pass: OpportunityPass): Heeded {
  const undone = new Map<string, Undone>();
  const fights: Fight[] = [];
  const decisions: Decision[] = [];
  return {
    judged: {
      committees: committees.map((each) => {
        const isSame = pass.memories.get(each.id)?.['told'] === tellCommittee(each);
        return { ...each, plan: { ...each.plan, update: heedIn('contact_roles', each.id, each.plan.update, isSame) } };
      }),
      criteria: criteria.map((each) => {
        const isSame = pass.memories.get(each.id)?.['toldCriteria'] === tellCriteria(each);
        return { ...each, update: heedIn('opportunity_criteria', each.id, each.update, isSame) };
      }),
    },
    undone,
    fights,
    decisions,
  };

  function heedIn(module: string, id: string, wanted: Fields | null, isSame: boolean): Fields | null {
    const memory: Memory | null = pass.memories.get(id) ?? null;
    const wrote = memory?.['wrote'];
    const isUndone = isSame && !pass.isWithheld(module) && typeof wrote === 'number' && wrote > pass.at - SPAN;
    const heeded = heed(wanted ?? {}, isUndone, undone.get(id) ?? memory?.['undone'], pass.at);
    if (Object.keys(heeded.undone).length > 0) undone.set(id, heeded.undone);
    if (heeded.begun.length > 0) tellFight(module, id, heeded.begun);
    return Object.keys(heeded.fields).length === 0 ? null : heeded.fields;
  }

  function tellFight(module: string, recordId: string, fields: readonly string[]): void {
    const { fields: input } = pass.records.get(recordId)!;
    const by = String(input['LastModifiedById']);
    const result = { result: 'fight', fields, other_user_id: by, findings: ['fight'] };
    fights.push({ recordId, fields, by });
    pass.observer.emit('decision', { module, object: 'Opportunity', record_id: recordId, ...result });
    decisions.push({ at: pass.at, module, object: 'Opportunity', recordId, epoch: '0', input, result, writes: [] });
  }
}

/** When the first field that is left alone is looked at again; null when none is. */
export function truceEnd(undone: Undone | undefined, now: Instant): Instant | null {
  const ends = Object.values(undone ?? {}).flatMap(({ truceUntil }) => (truceUntil > now ? [truceUntil] : []));
  return ends.length === 0 ? null : Math.min(...ends);
}
