import type { Fields } from '../../domain/record.ts';
import { digest } from '../text/digest.ts';
import type { EpisodeMemory } from './committee-memory.ts';
import type { CommitteeTask } from './opportunity-view.ts';
import { isTaskText } from './write-task-text.ts';

/** What the task of a gap should say now, and whose it should be. */
export type WantedTask = {
  readonly subject: string;
  readonly description: string;
  /** How the description begins as long as the gap is the same: what is suggested below it is no reason to write it anew. */
  readonly gap: string;
  readonly ownerId: string | null;
};

/** The fields of an open task that differ, and the episode that remembers what we wrote. */
export type FollowedTask = { readonly fields: Fields; readonly episode: EpisodeMemory };

/**
 * Lets an open task follow its gap and its owner. A field that a person changed is theirs from then on (F38a): what is
 * not as we wrote it last stays. Where that is not remembered, the task itself tells whether a person changed it last.
 */
export function followTask(open: CommitteeTask, wanted: WantedTask, episode: EpisodeMemory): FollowedTask {
  const { subjects, texts, owners } = episode;
  const subject = open.subject ?? '';
  const description = tidyLines(open.description ?? '');
  const owner = open.ownerId ?? '';
  const isOurs = (known: readonly string[], seen: string): boolean =>
    known.length === 0 ? open.isUntouched : known.includes(seen);

  const isSubjectLate = subject !== wanted.subject && isOurs(subjects, digest(subject));
  const isTextOurs =
    texts.length === 0 ? open.isUntouched && isTaskText(description) : texts.includes(digest(description));
  const isTextLate = isTextOurs && !description.startsWith(wanted.gap);
  const isOwnerLate = wanted.ownerId !== null && owner !== wanted.ownerId && isOurs(owners, owner);
  return {
    fields: {
      ...(isSubjectLate ? { Subject: wanted.subject } : {}),
      ...(isTextLate ? { Description: wanted.description } : {}),
      ...(isOwnerLate ? { OwnerId: wanted.ownerId } : {}),
    },
    // The write may fail: then what is seen now is still ours.
    episode: {
      ...episode,
      ...(isSubjectLate ? { subjects: [digest(subject), digest(wanted.subject)] } : {}),
      ...(isTextLate ? { texts: [digest(description), digestOf(wanted.description)] } : {}),
      ...(isOwnerLate ? { owners: [owner, wanted.ownerId] } : {}),
    },
  };
}

/** The mark of a description, the same before and after Salesforce has stored it. */
export function digestOf(description: string): string {
  return digest(tidyLines(description));
}

/** Salesforce may give line ends back as two characters, and drops blanks at the end. */
function tidyLines(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd();
}
