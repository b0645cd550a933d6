import type { Memory, State } from '../../ports.ts';

/** A state that can be read and that keeps to itself what is written to it. */
export type ShadowState = State & {
  /** The assignments that were put in place since the last call, in order; a null takes one away. */
  takeAssignments(): ReadonlyMap<string, Memory | null>;
};

/**
 * The daemon's state as it was when it was first asked, with turns that only the caller sees (F38): nothing that is
 * written to it gets to Redis. What is remembered of single records is dropped, since a plan looks at each record once.
 * @param preset  assignments that the state has besides those in Redis
 */
export function shadowState(state: State, preset: ReadonlyMap<string, Memory>): ShadowState {
  const pools = new Map<string, string | null>();
  const assignments = new Map<string, Memory | null>(preset);
  let fresh = new Map<string, Memory | null>();

  return {
    ...state,
    async poolStates(names) {
      const unknown = names.filter((name) => !pools.has(name));
      for (const [name, text] of await state.poolStates(unknown)) pools.set(name, text);
      return new Map(names.map((name) => [name, pools.get(name) ?? null]));
    },
    async assignments(keys) {
      const unknown = keys.filter((key) => !assignments.has(key));
      const stored = await state.assignments(unknown);
      const known = new Map(unknown.map((key, index) => [key, stored[index] ?? null]));
      return keys.map((key) => assignments.get(key) ?? known.get(key) ?? null);
    },
    async assignmentsSince(from) {
      const known = new Map(await state.assignmentsSince(from));
      for (const [key, assignment] of assignments) {
        if (assignment === null) known.delete(key);
        else if (Number(assignment['at']) >= from) known.set(key, assignment);
      }
      return known;
    },
    async commitTurns(change) {
      for (const [pool, text] of change.states) pools.set(pool, text);
      for (const [key, assignment] of change.assignments) {
        assignments.set(key, assignment);
        fresh.set(key, assignment);
      }
      return true;
    },
    takeAssignments() {
      const taken = fresh;
      fresh = new Map();
      return taken;
    },
    // Whose time has come is among those that the plan looks at anyway.
    dueTimers: async () => new Map(),
    setTimers: nothing,
    dropTimers: nothing,
    remember: nothing,
    rememberRoleParents: nothing,
    forgetRoleParents: nothing,
    addDeadLetters: nothing,
    removeDeadLetters: nothing,
    admitWrites: async (_, writes) => writes,
    countWrites: async (_, count) => count,
    markWithheld: async () => new Set(),
    pauseModule: async () => false,
    resumeModule: async () => false,
    holdRecords: nothing,
    dropHeldRecords: nothing,
    moveWatermark: nothing,
    markSeen: nothing,
    forgetSeen: nothing,
    holdLease: async () => false,
    dropLease: nothing,
  };
}

async function nothing(): Promise<void> {
  // What a plan would write is not written.
}
