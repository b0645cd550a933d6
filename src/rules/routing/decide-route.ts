import type { Instant } from '../../domain/instant.ts';
import { readLead } from '../qualification/read-lead.ts';
import type { LeadReading } from '../qualification/read-lead.ts';
import { isIntake } from './is-intake.ts';
import { pickFromPool } from './pools/pick-from-pool.ts';
import type { PoolRuling } from './pools/pick-from-pool.ts';
import { routeValues } from './route-values.ts';
import { renderSet } from '../template.ts';
import type { RouteInput } from './route-input.ts';
import type { RouteRuling, StepLog } from './route-ruling.ts';
import type { RoutingRules } from './routing-rules.ts';
import { steps } from './steps/steps.ts';
import { giveTo } from './steps/give-to.ts';
import type { StepRuling, StepView } from './steps/step.ts';
import { matchTerritory } from './territories.ts';
import type { TerritoryRuling } from './territories.ts';
import { findUser } from './users.ts';

/**
 * Who gets a lead: the first step of the precedence that yields somebody, else the fallback, which ends in a queue
 * (R1–R18, R22). Changes nothing: turns are reserved by whoever keeps the states of the ruling (R14, R19).
 */
export function decideRoute(rules: RoutingRules, input: RouteInput, now: Instant): RouteRuling {
  const lead = input.reading ?? readLead(rules, input.fields);
  const territory = findTerritory(rules, lead, now);
  const view: StepView = { rules, input, fields: lead.fields, territory, now };
  if (input.cause === 'initial' && !isIntake(rules, input.owner, input.world.users)) {
    return complete(view, lead, { ...NOBODY, result: 'owned', reason: 'owned' });
  }
  return complete(view, lead, findAssignee(view));
}

/** The territory that a lead belongs to now, whatever became of it (R6). */
export function findTerritory({ territories }: RoutingRules, lead: LeadReading, now: Instant): TerritoryRuling {
  const { segment } = lead.fields;
  return matchTerritory(territories, { ...lead, segment: typeof segment === 'string' ? segment : null }, now);
}

type Assignment = Pick<
  RouteRuling,
  | 'result'
  | 'route'
  | 'owner'
  | 'waitUntil'
  | 'pool'
  | 'turn'
  | 'states'
  | 'reason'
  | 'steps'
  | 'asked'
  | 'skipped'
  | 'findings'
>;

const NOBODY: Assignment = {
  result: 'assigned',
  route: null,
  owner: null,
  waitUntil: null,
  pool: null,
  turn: null,
  states: new Map(),
  reason: '',
  steps: [],
  asked: [],
  skipped: [],
  findings: [],
};

function findAssignee(view: StepView): Assignment {
  let tried: Assignment = NOBODY;
  for (const step of view.rules.steps) {
    const ruling = steps[step](view);
    tried = follow(tried, step, ruling, view);
    if (tried.route !== null) return tried;
  }
  for (const target of view.rules.fallback) {
    tried = follow(tried, 'fallback', askFallback(target, view), view);
    if (tried.route !== null) return tried;
  }
  return tried;
}

function askFallback(target: RoutingRules['fallback'][number], view: StepView): StepRuling {
  const reason = 'fallback';
  if (target.kind !== 'user') return { ...target, reason };
  return giveTo(findUser(view.input.world.users, target.user), reason, 'user_inactive', view);
}

/** What is known after one more step; `route` stays null while nobody was found. */
function follow(tried: Assignment, step: StepLog['step'], ruling: StepRuling, view: StepView): Assignment {
  const log = (verdict: StepLog['verdict'], reason: string) => [...tried.steps, { step, verdict, reason }];
  switch (ruling.kind) {
    case 'pass': {
      const findings = [...tried.findings, ...ruling.findings];
      return { ...tried, findings, steps: log('passed', ruling.reason) };
    }
    case 'user': {
      const owner = { kind: 'user', user: ruling.user } as const;
      return { ...tried, route: step, owner, reason: ruling.reason, steps: log('yielded', ruling.reason) };
    }
    case 'queue': {
      const owner = { kind: 'queue', queue: ruling.queue } as const;
      return { ...tried, route: step, owner, reason: ruling.reason, steps: log('yielded', ruling.reason) };
    }
    case 'pool': {
      const asked = pickFromPool(view.rules, ruling.pool, view.input.states, view.input.world, view.now, view.input);
      return followPool(tried, step, asked, ruling.reason, log);
    }
    default:
      return ruling satisfies never;
  }
}

function followPool(
  tried: Assignment,
  step: StepLog['step'],
  { result, pool, exhausted, states, skipped }: PoolRuling,
  reason: string,
  log: (verdict: StepLog['verdict'], reason: string) => readonly StepLog[],
): Assignment {
  const inVain = `exhausted:${exhausted.join('>')}`;
  const pools = pool === null ? exhausted : [...exhausted, pool];
  const asked = { ...tried, asked: [...tried.asked, ...pools], skipped: [...tried.skipped, ...skipped] };
  switch (result.kind) {
    case 'user': {
      const { user, turn } = result;
      const found = { route: step, owner: { kind: 'user', user }, pool, turn, states, reason } as const;
      return { ...asked, ...found, steps: log('yielded', reason) };
    }
    case 'wait':
      return {
        ...asked,
        result: 'waiting',
        route: step,
        waitUntil: result.until,
        pool,
        reason: `hours:${pool ?? ''}`,
        steps: log('yielded', `hours:${pool ?? ''}`),
      };
    case 'queue': {
      const owner = { kind: 'queue', queue: result.queue } as const;
      return { ...asked, route: step, owner, reason: inVain, steps: log('yielded', inVain) };
    }
    case 'none':
      return { ...asked, steps: log('passed', inVain) };
    default:
      return result satisfies never;
  }
}

function complete(view: StepView, lead: LeadReading, assignment: Assignment): RouteRuling {
  const { path: territory, matchedPath } = view.territory;
  const known = { ...assignment, territory, matchedPath };
  // A lead that waits keeps everything as it is (R11).
  const templates = assignment.result === 'assigned' ? view.rules.set : {};
  const values = routeValues(known, view.input.qualification, lead.fields, view.now);
  return {
    ...known,
    findings: [...new Set([...lead.findings, ...assignment.findings])],
    ...renderSet(templates, values),
    geo: lead.geo,
    fields: lead.fields,
  };
}
