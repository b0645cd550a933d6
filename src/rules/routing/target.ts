import { z } from 'zod';

/** Who may get a lead: a pool by its name, a user by a reference (F42), a queue by its DeveloperName. */
export type Target = OwnerTarget | { readonly kind: 'pool'; readonly pool: string };

/** A target that can own a record. */
export type OwnerTarget =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'queue'; readonly queue: string };

/** A name that is not blank. */
export const Name = z.string().trim().min(1, { error: 'must not be blank' });

const OwnerMapping = z.strictObject({ user: Name.optional(), queue: Name.optional() });

/** `{ user: username }` or `{ queue: DeveloperName }`. */
export const OwnerTarget = OwnerMapping.transform(readOwner);

// The union comes before the transform: only so does zod report a misspelt key of the mapping by itself.
/** `pool-name`, `{ user: username }` or `{ queue: DeveloperName }`. */
export const Target = z
  .union([Name, OwnerMapping], { error: 'expected a pool by its name, { user: username } or { queue: DeveloperName }' })
  .transform((target, context): Target =>
    typeof target === 'string' ? { kind: 'pool', pool: target } : readOwner(target, context),
  );

/** `username` or `{ queue: DeveloperName }`: whose leads the daemon may take (R22). */
export const IntakeOwner = z
  .union([Name, OwnerMapping], { error: 'expected a username or { queue: DeveloperName }' })
  .transform((owner, context): OwnerTarget =>
    typeof owner === 'string' ? { kind: 'user', user: owner } : readOwner(owner, context),
  );

/** One text or a list of texts, read as a list. */
export const Texts = z
  .union([Name, z.array(Name)], { error: 'expected a text or a list of texts' })
  .transform((texts): readonly string[] => (typeof texts === 'string' ? [texts] : texts));

/** What a `set:` entry writes to one field: a value, or a template (`src/rules/template.ts`). */
export const SetValue = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'expected a text, a number, true, false or null',
});

function readOwner({ user, queue }: z.output<typeof OwnerMapping>, context: z.RefinementCtx): OwnerTarget {
  if (user !== undefined && queue === undefined) return { kind: 'user', user };
  if (queue !== undefined && user === undefined) return { kind: 'queue', queue };
  context.addIssue({ code: 'custom', message: 'expected either user or queue' });
  return z.NEVER;
}
