import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

import { fold } from '../text/fold.ts';

const Roles = z.array(z.string());

/** As much of the section as names roles. */
const RoleUses = z.object({
  roles: z.record(z.string(), z.object({ values: Roles })),
  stages: z.array(
    z.object({ require: Roles.optional(), any_of: z.array(Roles).optional(), engaged: Roles.optional() }),
  ),
  tiers: z.array(z.object({ drop: Roles.default([]) })),
});
type RoleUses = z.output<typeof RoleUses>;

type RoleUse = { readonly role: string; readonly path: readonly PropertyKey[] };

/** Whether roles can be looked at though something else in the section is wrong: all problems come at once (F6). */
export function hasReadableRoles(section: unknown): boolean {
  return RoleUses.safeParse(section).success;
}

/** Reports role names that `roles` does not define (`E_ROLE_UNKNOWN`) and values that two roles claim (`E_ROLE_AMBIGUOUS`, C7). */
export function reportRoleProblems(section: unknown, context: z.RefinementCtx): void {
  const source = RoleUses.parse(section);
  const known = Object.keys(source.roles);
  for (const { role, path } of rolesUsed(source)) {
    if (known.includes(role)) continue;
    const message = `"${role}" is no role of contact_roles.roles${hintAt(role, known)}`;
    context.addIssue({ code: 'custom', path: [...path], message, params: { code: 'E_ROLE_UNKNOWN' } });
  }
  reportSharedValues(source.roles, context);
}

function hintAt(role: string, known: readonly string[]): string {
  const nearest = closest(role, known);
  if (nearest !== undefined && distance(role, nearest) <= role.length / 2) return `, did you mean "${nearest}"?`;
  return `; known are ${known.join(', ')}`;
}

function rolesUsed({ stages, tiers }: RoleUses): readonly RoleUse[] {
  return [
    ...stages.flatMap((stage, at) => [
      ...namesAt(stage.require, ['stages', at, 'require']),
      ...(stage.any_of ?? []).flatMap((set, index) => namesAt(set, ['stages', at, 'any_of', index])),
      ...namesAt(stage.engaged, ['stages', at, 'engaged']),
    ]),
    ...tiers.flatMap((tier, at) => namesAt(tier.drop, ['tiers', at, 'drop'])),
  ];
}

function namesAt(roles: readonly string[] = [], path: readonly PropertyKey[]): readonly RoleUse[] {
  return roles.map((role, index) => ({ role, path: [...path, index] }));
}

function reportSharedValues(roles: RoleUses['roles'], context: z.RefinementCtx): void {
  const roleByValue = new Map<string, string>();
  for (const [role, { values }] of Object.entries(roles)) {
    for (const [index, value] of values.entries()) {
      const first = roleByValue.get(fold(value)) ?? role;
      roleByValue.set(fold(value), first);
      if (first === role) continue;
      const message = `"${value}" counts as "${first}" already; a value of the Role picklist belongs to one role`;
      const path = ['roles', role, 'values', index];
      context.addIssue({ code: 'custom', path, message, params: { code: 'E_ROLE_AMBIGUOUS' } });
    }
  }
}
