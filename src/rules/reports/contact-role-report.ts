import type { Instant } from '../../domain/instant.ts';
import type { ContactRoleRuling } from '../contact-roles/contact-role-ruling.ts';
import { readAt } from '../contact-roles/opportunity-dates.ts';
import type { OpportunityView } from '../contact-roles/opportunity-view.ts';
import { corporateAmount, type CurrencyRates } from './currency.ts';

/** One opportunity of the report. */
export type ReportedOpportunity = { readonly view: OpportunityView; readonly ruling: ContactRoleRuling };

/** A contact's response to a campaign; its day begins at `at`. */
export type CampaignResponse = {
  readonly campaignId: string;
  readonly campaign: string;
  readonly contactId: string;
  readonly at: Instant;
};

export type Coverage = {
  readonly group: string;
  readonly opportunities: number;
  /** Mean of satisfied / total; null where nothing is counted (K5). */
  readonly mean_coverage: number | null;
  /** Share of compliant ones; null where nothing is counted (K5). */
  readonly compliant: number | null;
};

export type CountAndAmount = { readonly opportunities: number; readonly amount: number };

export type CampaignInfluence = {
  readonly campaign_id: string;
  readonly campaign: string;
  /** Responses of live members in the 90 days before their opportunity was created. */
  readonly touches_before: number;
  /** Responses since. */
  readonly touches_since: number;
  readonly opportunities: number;
  readonly pipeline: number;
};

/** Something that is left out of the figures, and how often. */
export type ReportFinding = {
  readonly finding: 'currency_rate_missing';
  readonly currency: string;
  readonly opportunities: number;
};

/** `report contact-roles`. Amounts are those of the opportunities in corporate currency, a blank one counts as 0. */
export type ContactRoleReport = {
  readonly coverage_by_stage: readonly Coverage[];
  readonly coverage_by_owner: readonly Coverage[];
  readonly coverage_by_record_type: readonly Coverage[];
  readonly not_engaged: readonly { readonly role: string; readonly opportunities: number; readonly amount: number }[];
  readonly open_opps_without_contact_roles: CountAndAmount;
  readonly influenced_pipeline: CountAndAmount;
  readonly campaigns: readonly CampaignInfluence[];
  readonly closed_without_committee: CountAndAmount;
  readonly findings: readonly ReportFinding[];
};

const BEFORE_CREATION_MS = 90 * 86_400_000;

/**
 * How the buying committees stand, and which campaigns reached them.
 * @param open  open opportunities; those out of scope count for nothing
 * @param closedWithout  closed ones that lacked their committee when they closed (CE15)
 * @param responses  of all live contacts of `open`
 * @param rates  null in an org with one currency
 */
export function reportContactRoles(
  open: readonly ReportedOpportunity[],
  closedWithout: readonly ReportedOpportunity[],
  responses: readonly CampaignResponse[],
  rates: CurrencyRates | null,
): ContactRoleReport {
  const sumUp = (opportunities: readonly ReportedOpportunity[]): CountAndAmount => addUp(opportunities, rates);
  const inScope = open.filter(({ ruling }) => ruling.cause !== 'out_of_scope');
  const judged = inScope.filter(({ ruling }) => ruling.coverage !== null);
  const influence = findInfluence(inScope, responses);
  return {
    coverage_by_stage: coverageBy(judged, 'StageName'),
    coverage_by_owner: coverageBy(judged, 'Owner.Name'),
    coverage_by_record_type: coverageBy(judged, 'RecordType.DeveloperName'),
    not_engaged: countNotEngaged(judged, sumUp),
    open_opps_without_contact_roles: sumUp(inScope.filter(({ ruling }) => ruling.liveContacts.length === 0)),
    influenced_pipeline: sumUp(inScope.filter(({ view }) => influence.some(({ about }) => about.view.id === view.id))),
    campaigns: countCampaigns(influence, sumUp),
    closed_without_committee: sumUp(closedWithout),
    findings: findUnconverted([...inScope, ...closedWithout], rates),
  };
}

function coverageBy(judged: readonly ReportedOpportunity[], field: string): readonly Coverage[] {
  const groups = Map.groupBy(judged, ({ view }) => String(view.fields[field] ?? '(none)'));
  return [...groups]
    .map(([group, members]): Coverage => {
      const shares = members.flatMap(({ ruling }) => (ruling.total === 0 ? [] : [ruling.satisfied / ruling.total]));
      const compliant = members.filter(({ ruling }) => ruling.status === 'compliant').length;
      return {
        group,
        opportunities: members.length,
        mean_coverage: shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length,
        compliant: compliant / members.length,
      };
    })
    .toSorted((left, right) => (left.group < right.group ? -1 : 1));
}

type SumUp = (opportunities: readonly ReportedOpportunity[]) => CountAndAmount;

function countNotEngaged(judged: readonly ReportedOpportunity[], sumUp: SumUp): ContactRoleReport['not_engaged'] {
  const byRole = Map.groupBy(
    judged.flatMap((each) => each.ruling.notEngaged.map((role) => ({ role, each }))),
    ({ role }) => role,
  );
  return [...byRole].map(([role, found]) => ({ role, ...sumUp(found.map(({ each }) => each)) }));
}

type Influence = {
  readonly about: ReportedOpportunity;
  readonly response: CampaignResponse;
  readonly isBefore: boolean;
};

function findInfluence(
  open: readonly ReportedOpportunity[],
  responses: readonly CampaignResponse[],
): readonly Influence[] {
  const byContact = Map.groupBy(responses, ({ contactId }) => contactId);
  return open.flatMap((about) => {
    const created = readAt(about.view.fields['CreatedDate']) ?? 0;
    return about.ruling.liveContacts
      .flatMap((contact) => byContact.get(contact) ?? [])
      .filter(({ at }) => at >= created - BEFORE_CREATION_MS)
      .map((response): Influence => ({ about, response, isBefore: response.at < created }));
  });
}

function countCampaigns(influence: readonly Influence[], sumUp: SumUp): readonly CampaignInfluence[] {
  const byCampaign = Map.groupBy(influence, ({ response }) => response.campaignId);
  return [...byCampaign]
    .map(([id, touches]): CampaignInfluence => {
      const deals = new Map(touches.map(({ about }) => [about.view.id, about]));
      const { opportunities, amount } = sumUp([...deals.values()]);
      return {
        campaign_id: id,
        campaign: touches[0]?.response.campaign ?? id,
        touches_before: touches.filter(({ isBefore }) => isBefore).length,
        touches_since: touches.filter(({ isBefore }) => !isBefore).length,
        opportunities,
        pipeline: amount,
      };
    })
    .toSorted((left, right) => right.pipeline - left.pipeline || (left.campaign_id < right.campaign_id ? -1 : 1));
}

/** An amount whose rate is not known is left out, and a finding says so. */
function addUp(opportunities: readonly ReportedOpportunity[], rates: CurrencyRates | null): CountAndAmount {
  const amounts = opportunities.map(({ view }) => corporateAmount(view.fields, rates) ?? 0);
  return { opportunities: opportunities.length, amount: amounts.reduce((sum, amount) => sum + amount, 0) };
}

function findUnconverted(
  opportunities: readonly ReportedOpportunity[],
  rates: CurrencyRates | null,
): readonly ReportFinding[] {
  const unknown = opportunities.filter(({ view }) => corporateAmount(view.fields, rates) === null);
  const byCurrency = Map.groupBy(unknown, ({ view }) => String(view.fields['CurrencyIsoCode'] ?? '(none)'));
  return [...byCurrency]
    .map(([currency, found]): ReportFinding => {
      return { finding: 'currency_rate_missing', currency, opportunities: found.length };
    })
    .toSorted((left, right) => (left.currency < right.currency ? -1 : 1));
}
