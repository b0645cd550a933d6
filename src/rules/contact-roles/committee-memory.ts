import { z } from 'zod';

const At = z.number().nullable();

const Stay = z.object({
  status: z.enum(['exempt', 'not_applicable', 'compliant', 'warning', 'violation']),
  stage: z.string().nullable(),
  stageEnteredAt: z.number(),
  closeDate: z.string().nullable(),
  /** When the requirement of `pre_close` began to apply; null while it does not. */
  preCloseSince: At,
  /** From when grace is counted; null while there is no gap. */
  gapSince: At,
});

const Episode = z.object({
  number: z.int().min(0),
  /** What the task was last made or rewritten for; null when there has been none. */
  toldMissing: z.array(z.string()).nullable(),
  /**
   * Digests of the subjects that the open task may have from us: of the one seen last and the one planned last. Either may
   * name people, so neither is kept itself.
   */
  subjects: z.array(z.string()),
  /** Of the descriptions, likewise. */
  texts: z.array(z.string()).default([]),
  /** Ids of the users whom we may have given it to, likewise. */
  owners: z.array(z.string()).default([]),
  /** A task of this episode has been seen in the org: if there is none any more, somebody deleted it. */
  isTaskSeen: z.boolean(),
  /** From when the steps of `escalate` are counted; null before there is a violation. */
  violatedAt: At.default(null),
  /** How many steps of `escalate` are done. */
  escalated: z.int().min(0),
});

const Memory = z.object({ stay: Stay, episode: Episode });

/** How the opportunity stood at its last evaluation (C12). */
export type StayMemory = Readonly<z.output<typeof Stay>>;

/** What was done about the present or last gap (C18). */
export type EpisodeMemory = Readonly<z.output<typeof Episode>>;

/** What one decision leaves for the next. Plain JSON; losing it costs at most a second period of grace. */
export type CommitteeMemory = { readonly stay: StayMemory; readonly episode: EpisodeMemory };

/** A memory as it was stored; null when there is none, or an older version left one that cannot be used. */
export function readCommitteeMemory(stored: unknown): CommitteeMemory | null {
  const read = Memory.safeParse(stored);
  return read.success ? read.data : null;
}
