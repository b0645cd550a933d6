import type { FieldValue } from '../domain/record.ts';
import { templateNames } from '../rules/template.ts';
import type { NamedObject } from './condition-uses.ts';
import { conditionUses, testsIn } from './condition-uses.ts';
import type { Path } from './located-yaml.ts';
import { modeOf } from './mode.ts';
import type { Config } from './schema.ts';

/** A text that the configuration compares a field with, or writes to it. */
export type ValueUse = {
  readonly object: NamedObject;
  readonly field: string;
  readonly value: string;
  readonly isWritten: boolean;
  readonly path: Path;
};

/** Operators that compare with whole values. */
const EQUALITY = new Set(['is', 'in', 'not', 'not_in', 'includes_any', 'includes_all']);

/** All values that may be entries of a picklist, but for modules that are off. */
export function valueUses(config: Config): readonly ValueUse[] {
  const uses = [...comparedValues(config), ...statusValues(config), ...writtenValues(config)];
  return uses.filter(({ path }) => modeOf(config, path) !== 'off');
}

function comparedValues(config: Config): readonly ValueUse[] {
  return conditionUses(config).flatMap(({ object, condition, path }) =>
    testsIn(condition, path).flatMap((test) => {
      if (!EQUALITY.has(test.operator)) return [];
      const { field, argument } = test;
      const use = (value: unknown, at: Path): readonly ValueUse[] =>
        typeof value === 'string' ? [{ object, field, value, isWritten: false, path: at }] : [];
      if (!Array.isArray(argument)) return use(argument, test.path);
      return argument.flatMap((value, index) => use(value, [...test.path, index]));
    }),
  );
}

/** Values that the configuration means as a lead's Status, or an opportunity's Type, without naming the field. */
function statusValues({ qualification, sla, recycle, contact_roles: roles }: Config): readonly ValueUse[] {
  return [
    ...statuses(qualification?.protect.statuses, ['qualification', 'protect', 'statuses']),
    ...statuses(sla?.acceptance?.accepted, ['sla', 'acceptance', 'accepted']),
    ...statuses(sla?.acceptance?.rejected, ['sla', 'acceptance', 'rejected']),
    ...Object.entries(recycle?.dispositions ?? {}).flatMap(([name, disposition]) =>
      status(disposition?.status, ['recycle', 'dispositions', name, 'status'], true),
    ),
    ...status(recycle?.archive?.status, ['recycle', 'archive', 'status'], true),
    ...(recycle?.hanging ?? []).flatMap(({ status: value }, index) =>
      status(value, ['recycle', 'hanging', index, 'status'], false),
    ),
    ...(roles?.exempt?.types ?? []).map((value, index): ValueUse => {
      const path = ['contact_roles', 'exempt', 'types', index];
      return { object: 'Opportunity', field: 'Type', value, isWritten: false, path };
    }),
  ];
}

function statuses(values: readonly string[] = [], path: Path): readonly ValueUse[] {
  return values.flatMap((value, index) => status(value, [...path, index], false));
}

function status(value: string | undefined, path: Path, isWritten: boolean): readonly ValueUse[] {
  return value === undefined ? [] : [{ object: 'Lead', field: 'Status', value, isWritten, path }];
}

function writtenValues({
  qualification,
  routing,
  sla,
  recycle,
  contact_roles,
  opportunity_criteria,
}: Config): readonly ValueUse[] {
  return [
    ...Object.entries(qualification?.outcomes ?? {}).flatMap(([outcome, effect]) =>
      written('Lead', effect?.set, ['qualification', 'outcomes', outcome, 'set']),
    ),
    ...written('Lead', routing?.set, ['routing', 'set']),
    ...(sla?.policies ?? []).flatMap((policy, index) =>
      (['on_warn', 'on_breach'] as const).flatMap((step) =>
        policy[step].flatMap(({ set }, action) =>
          written('Lead', set, ['sla', 'policies', index, step, action, 'set']),
        ),
      ),
    ),
    ...(recycle?.auto ?? []).flatMap(({ set }, index) => written('Lead', set, ['recycle', 'auto', index, 'set'])),
    ...written('Lead', recycle?.archive?.set, ['recycle', 'archive', 'set']),
    ...written('Opportunity', contact_roles?.set, ['contact_roles', 'set']),
    ...written('Opportunity', opportunity_criteria?.set, ['opportunity_criteria', 'set']),
  ];
}

/** The plain texts of a `set:`; what a template gives is only known when it is rendered. */
function written(
  object: NamedObject,
  set: Readonly<Record<string, FieldValue>> | undefined,
  path: Path,
): readonly ValueUse[] {
  return Object.entries(set ?? {}).flatMap(([field, value]) =>
    typeof value !== 'string' || templateNames(value).length > 0
      ? []
      : [{ object, field, value, isWritten: true, path: [...path, field] }],
  );
}
