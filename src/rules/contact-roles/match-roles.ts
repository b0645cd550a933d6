/**
 * Gives roles to people, one role to a person, so that as many roles as possible are filled and an earlier role is
 * never left empty for a later one (C8): augmenting paths, the roles offered in their order.
 * @param roles  in requirement order, each once
 * @param peopleOf  who could fill a role; an earlier person is tried first
 * @returns the person of each role that is filled
 */
export function matchRoles(
  roles: readonly string[],
  peopleOf: (role: string) => readonly string[],
): ReadonlyMap<string, string> {
  const roleOf = new Map<string, string>();
  for (const role of roles) seat(role, new Set());
  return new Map(Array.from(roleOf, ([person, role]) => [role, person]));

  // Whoever has a seat keeps one: a person is only taken when the role they had finds somebody else.
  function seat(role: string, asked: Set<string>): boolean {
    for (const person of peopleOf(role)) {
      if (asked.has(person)) continue;
      asked.add(person);
      const held = roleOf.get(person);
      if (held === undefined || seat(held, asked)) {
        roleOf.set(person, role);
        return true;
      }
    }
    return false;
  }
}
