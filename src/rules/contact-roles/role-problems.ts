import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';

import { fold } from '../text/fold.ts';

type RoleUses = {
  readonly roles: Readonly<Record<string, { readonly values: readonly string[] }>>;
  readonly stages: readonly {
    readonly require?: readonly string[] | undefined;
    readonly any_of?: readonly (readonly string[])[] | undefined;
    readonly engaged?: readonly string[] | undefined;
  }[];
  readonly tiers: readonly { readonly drop: readonly string[] }[];
};

type RoleUse = { readonly role: string; readonly path: readonly PropertyKey[] };

/** Reports role names that `roles` does not define (`E_ROLE_UNKNOWN`) and values that two roles claim (`E_ROLE_AMBIGUOUS`, C7). */
export function reportRoleProblems(source: RoleUses, context: z.RefinementCtx): void {
  const known = Object.keys(source.roles);
  for (const { role, path } of rolesUsed(source)) {
    if (known.includes(role)) continue;
    const hint = known.length === 0 ? '' : `; did you mean "${closest(role, known)}"?`;
    const message = `"${role}" is no role of contact_roles.roles${hint}`;
    context.addIssue({ code: 'custom', path: [...path], message, params: { code: 'E_ROLE_UNKNOWN' } });
  }
  reportSharedValues(source.roles, context);
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
