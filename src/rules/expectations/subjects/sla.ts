import type { Answer } from '../subject.ts';

/** The clock of a policy. */
export function askSla(): Answer {
  return { unanswered: 'tests of the SLA are not supported yet' };
}
