import { eventAutomation, taskAutomation } from './activity-automation.ts';
import { campaignMemberAutomation } from './campaign-member-automation.ts';
import { contactRoleAutomation } from './contact-role-automation.ts';
import { leadAutomation } from './lead-automation.ts';
import type { ObjectAutomation } from './object-automation.ts';
import { opportunityAutomation } from './opportunity-automation.ts';
import { personAutomation } from './person-automation.ts';

const AUTOMATIONS: Readonly<Record<string, ObjectAutomation>> = {
  CampaignMember: campaignMemberAutomation,
  Contact: personAutomation,
  Event: eventAutomation,
  Lead: leadAutomation,
  Opportunity: opportunityAutomation,
  OpportunityContactRole: contactRoleAutomation,
  Task: taskAutomation,
  User: personAutomation,
};

/** What Salesforce does by itself when a record of the object is saved. */
export function automationOf(object: string): ObjectAutomation {
  return AUTOMATIONS[object] ?? {};
}
