import type { SandboxOrg } from '../../src/sandbox/sandbox-org.ts';
import type { Change } from '../../src/sandbox/store.ts';
import { effectsOfOtherConfigs } from './checks/of-configs.ts';
import { OWNED, type Check, type Effect, type Facts } from './checks/facts.ts';
import { callsWithoutLimit, retryStorms, tooManyAtOnce, tooManyCalls, tooManyTokens } from './checks/of-load.ts';
import { brokenChains, unseenChanges, wrongSoql, wrongWindows } from './checks/of-reading.ts';
import {
  attemptsOnConverted,
  changedMinds,
  echoes,
  lateEffects,
  overwrittenPeople,
  ownerChanges,
  poisonAttempts,
  staleDecisions,
  writesPerRecord,
  writesToForeign,
  writesToGone,
  writesToLosers,
} from './checks/of-records.ts';
import { forbiddenWrites, wrongRequests } from './checks/of-requests.ts';
import { gatherOutside } from './checks/outside.ts';
import { gatherStudies } from './checks/studies.ts';
import { blindRepeats, overlappingTasks, tasksAndEpisodes, tasksPerKey } from './checks/of-tasks.ts';
import { sharedTurns, skippedTurns, unfairPools } from './checks/of-turns.ts';
import { undesiredFlags } from './desired-committees.ts';
import { undesiredLeads } from './desired-leads.ts';
import { attemptsIn } from './request-facts.ts';
import { PLAIN, type Scenario } from './scenario.ts';

/**
 * Holds what the daemon did to the invariants of reliability §2.19. It reads only the org's final state and its request
 * log, and knows nothing of the daemon but which user it is and which fields the example configuration writes.
 * I29, I31–I35 and I38–I40 need a process, a clock or another run: their scenarios assert them, with this checker at the end.
 * @returns one line per violation; empty when all hold
 */
export function findViolations(sandbox: SandboxOrg, scenario: Scenario = {}): readonly string[] {
  const facts = gatherFacts(sandbox, scenario);
  return INVARIANTS.flatMap(([name, check]) => check(facts).map((what) => `${name}: ${what}`));
}

const INVARIANTS: readonly (readonly [string, Check])[] = [
  ['I1 leads are as desired', undesiredLeads],
  ['I2 writes only to what is ours to write', writesToForeign],
  ['I3 flags are as desired', undesiredFlags],
  ['I4 one task per episode', tasksPerKey],
  ['I5 never two open tasks of one rule about one deal', overlappingTasks],
  ['I6 one owner change per lead', ownerChanges],
  ['I7 one owner per decision', changedMinds],
  ['I8 turns are shared by weight', unfairPools],
  ['I9 one lead per turn', sharedTurns],
  ['I9 no turn is skipped', skippedTurns],
  ['I10 nothing of a person is overwritten', overwrittenPeople],
  ['I11 nothing is written when nothing happens', echoes],
  ['I12 few writes per record', writesPerRecord],
  ['I13 what is gone is left alone', writesToGone],
  ['I14 losers of a merge are left alone', writesToLosers],
  ['I15 at most one attempt on a converted lead', attemptsOnConverted],
  ['I16 no task before its episode, no violation without a task', tasksAndEpisodes],
  ['I17 every page is followed', brokenChains],
  ['I18 every change is read', unseenChanges],
  ['I19 windows by the time of the org', wrongWindows],
  ['I20 no more calls than the work needs', tooManyCalls],
  ['I21 few calls when none are left', callsWithoutLimit],
  ['I22 few calls at once', tooManyAtOnce],
  ['I23 no storm of retries', retryStorms],
  ['I24 no create is sent twice unread', blindRepeats],
  ['I25 few tokens', tooManyTokens],
  ['I26 headers, owned fields, whole ids', wrongRequests],
  ['I27 SOQL that others can read', wrongSoql],
  ['I28 poison is not tried for ever', poisonAttempts],
  ['I30 no effect of another configuration', effectsOfOtherConfigs],
  ['I36 no decision that is out of date', staleDecisions],
  ['I37 effects come soon', lateEffects],
  ['C16 no role is written, nothing is deleted', forbiddenWrites],
];

function gatherFacts(sandbox: SandboxOrg, scenario: Scenario): Facts {
  const { entries } = sandbox.log;
  const attempts = attemptsIn(entries);
  const written = new Set(attempts.map(({ at, id, object }) => `${at}:${id ?? object}`));
  const effects = entries.flatMap(({ changes, receivedAt }, at) =>
    changes
      .filter(({ id, object, before }) => written.has(before === null ? `${at}:${object}` : `${at}:${id}`))
      .map((change): Effect => ({ ...change, at, receivedAt, fields: changedFields(change) })),
  );
  const known = { ...PLAIN, ...scenario };
  const outside = gatherOutside(sandbox.org.doings(), known);
  return { sandbox, entries, attempts, effects, outside, studies: gatherStudies(entries), scenario: known };
}

function changedFields({ object, before, after }: Change): readonly string[] {
  return [...(OWNED[object] ?? [])].filter((field) => (before?.[field] ?? null) !== (after?.[field] ?? null));
}
