import { AppError } from '../../domain/error.ts';
import { orderStages, type StageOrder } from '../../rules/contact-roles/stage-order.ts';
import { fold } from '../../rules/text/fold.ts';
import type { OpportunityPass } from './opportunity-pass.ts';
import { readStages } from '../read-org.ts';

/**
 * The order of the stages that a module lists. An open opportunity in a stage that we do not know means that somebody
 * changed them in Setup: then they are read again, in one call.
 * @param named  every stage that the section names, listed or not
 * @throws AppError `E_STAGE_UNKNOWN` (fix-config) when the org has one of them no longer (CE24)
 */
export async function knowStages(
  section: string,
  {
    listed,
    named,
    known,
  }: { readonly listed: readonly string[]; readonly named: readonly string[]; readonly known: StageOrder },
  { records, salesforce, signal }: OpportunityPass,
): Promise<StageOrder> {
  const isStrange = [...records.values()].some(
    ({ fields }) => fields['IsClosed'] !== true && known.rankOf(String(fields['StageName'] ?? '')) === null,
  );
  if (!isStrange) return known;
  const stages = await readStages(salesforce, signal);
  const names = new Set(stages.map(({ apiName }) => fold(apiName)));
  const lost = named.filter((stage) => !names.has(fold(stage)));
  if (lost.length === 0) return orderStages(listed, stages);
  throw new AppError({
    code: 'E_STAGE_UNKNOWN',
    recovery: 'fix-config',
    message: `${section} names ${lost.map((stage) => `"${stage}"`).join(', ')}, which the org has no longer as a stage`,
    mend: `give ${section} the stage's new name and reload the configuration`,
  });
}
