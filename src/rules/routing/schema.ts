import { z } from 'zod';

import { Duration } from '../calendars/schema.ts';
import { reportUnknownNames } from '../qualification/check-templates.ts';
import { MatchedAccount } from './account-schema.ts';
import { Person } from './people-schema.ts';
import { PoolDefaults, PoolSource } from './pool-schema.ts';
import { Segments } from './segment-schema.ts';
import { IntakeOwner, Name, SetValue, Target } from './target.ts';
import { Territories } from './territory-schema.ts';
import type { TerritorySource } from './territory-schema.ts';

/** The steps of `precedence`; one file each in `steps/`. */
export const STEP_NAMES = [
  'record_override',
  'sticky_duplicate',
  'named_account',
  'matched_account',
  'territory',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

const SET_NAMES = ['now', 'reason', 'route', 'pool', 'territory.path', 'qualification.reason', 'qualification.points'];

const TASK_NAMES = [...SET_NAMES, 'sla.first_touch_due', 'activity.last_5'];

const TaskText = z.string().superRefine((text, context) => reportUnknownNames(text, TASK_NAMES, [], context));

const HandoffTask = z.strictObject({
  subject: TaskText,
  due: Duration.optional(),
  priority: Name.optional(),
  body: TaskText.default(''),
});
export type HandoffTask = z.output<typeof HandoffTask>;

const EmailMatch = z.array(z.literal('Email')).length(1, { error: 'expected [Email]: duplicates share the address' });

/** The targets of a lead that no step gives to anybody; tried in order. */
const Fallback = z.array(Target).superRefine((targets, context) => {
  if (targets.at(-1)?.kind === 'queue') return;
  context.addIssue({
    code: 'custom',
    path: targets.length === 0 ? [] : [targets.length - 1],
    message: 'the last fallback must be a queue: no lead is left hanging',
    params: { code: 'E_FALLBACK_NOT_QUEUE' },
  });
});

/** Who gets the lead: the key `routing` (R1–R22). */
export const Routing = z
  .strictObject({
    mode: z.enum(['off', 'observe', 'enforce']).default('observe'),
    intake: z.array(IntakeOwner).optional(),
    precedence: z.array(z.enum(STEP_NAMES)).optional(),
    record_override: z.strictObject({ field: Name }).optional(),
    sticky_duplicate: z
      .strictObject({
        match: EmailMatch.default(['Email']),
        objects: z
          .array(z.enum(['Lead', 'Contact']))
          .min(1)
          .default(['Lead', 'Contact']),
        window: Duration,
      })
      .optional(),
    named_account: z
      .strictObject({
        list: Name,
        match_on: z
          .array(z.enum(['email.domain', 'web.domain']))
          .min(1)
          .default(['email.domain', 'web.domain']),
      })
      .optional(),
    matched_account: MatchedAccount.optional(),
    segments: Segments.default({}),
    territories: Territories,
    pool_defaults: PoolDefaults.default({}),
    people: z.record(Name, Person).default({}),
    pools: z.record(Name, PoolSource).default({}),
    fallback: Fallback,
    set: z
      .record(Name, SetValue)
      .default({})
      .superRefine((set, context) => {
        for (const [field, value] of Object.entries(set)) {
          if (typeof value === 'string') reportUnknownNames(value, SET_NAMES, [field], context);
        }
      }),
    handoff: z.strictObject({ task: HandoffTask.optional(), alert: Name.optional() }).default({}),
  })
  .superRefine((routing, context) => {
    checkPrecedence(routing, context);
    checkSegmentNames(routing.territories, Object.keys(routing.segments), ['territories'], context);
  });
export type Routing = z.output<typeof Routing>;

type StepSettings = { readonly precedence?: readonly StepName[] | undefined } & {
  readonly [Step in StepName]?: unknown;
};

function checkPrecedence(routing: StepSettings, context: z.RefinementCtx): void {
  for (const [index, step] of (routing.precedence ?? []).entries()) {
    const path = ['precedence', index];
    if (routing.precedence?.indexOf(step) !== index) {
      context.addIssue({ code: 'custom', path, message: `"${step}" is named twice` });
    }
    if (step !== 'territory' && routing[step] === undefined) {
      const message = `"${step}" has no settings; add the key ${step}`;
      context.addIssue({ code: 'custom', path, message, params: { code: 'E_MISSING_KEY' } });
    }
  }
}

function checkSegmentNames(
  siblings: readonly TerritorySource[],
  known: readonly string[],
  path: readonly PropertyKey[],
  context: z.RefinementCtx,
): void {
  for (const [index, { match, children }] of siblings.entries()) {
    for (const segment of match.segment ?? []) {
      if (known.includes(segment)) continue;
      context.addIssue({
        code: 'custom',
        path: [...path, index, 'match', 'segment'],
        message: `"${segment}" is not a segment; known: ${known.join(', ')}`,
        params: { code: 'E_SEGMENT_UNKNOWN' },
      });
    }
    checkSegmentNames(children, known, [...path, index, 'children'], context);
  }
}
