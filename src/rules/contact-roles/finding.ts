/** What an admin should know about the roles of one opportunity, whatever its status. */
export type FindingCode =
  | 'stale_member'
  | 'role_blank'
  | 'role_unmapped'
  | 'duplicate_row'
  | 'blanket_association'
  | 'stage_unknown'
  | 'no_manager'
  | 'closed_without_committee';

export type Finding = {
  readonly code: FindingCode;
  /** The role row that it is about; null when it is about the opportunity. */
  readonly roleId: string | null;
  /** Why, where one code has several causes: `no_access`, `deleted`, `not_a_member`, `same_role`, … */
  readonly cause: string | null;
};

/** The codes of findings, each once, in order of appearance. */
export function findingCodes(findings: readonly Finding[]): readonly FindingCode[] {
  return [...new Set(findings.map((finding) => finding.code))];
}
