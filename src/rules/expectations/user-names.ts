/** A user as a test may write one: by username, or by what stands before its `@`. */
export function isNamed(username: string, name: string): boolean {
  const [full, wanted] = [username.toLowerCase(), name.trim().toLowerCase()];
  return full === wanted || full.split('@')[0] === wanted;
}

/** The first of the references that a name means; the name itself when none is. */
export function findReference(references: readonly string[], name: string): string {
  return references.find((reference) => isNamed(reference, name)) ?? name;
}
