import type { ObjectSchema } from '../types.ts';
import { accountSchema, contactSchema } from './objects/account.ts';
import { eventSchema, taskSchema } from './objects/activity.ts';
import { campaignMemberSchema, campaignMemberStatusSchema, campaignSchema } from './objects/campaign.ts';
import { leadHistorySchema, leadSchema } from './objects/lead.ts';
import { opportunityContactRoleSchema, opportunityHistorySchema, opportunitySchema } from './objects/opportunity.ts';
import { groupMemberSchema, groupSchema, profileSchema, queueSobjectSchema, userSchema } from './objects/people.ts';
import {
  apexTriggerSchema,
  assignmentRuleSchema,
  duplicateRuleSchema,
  fieldPermissionsSchema,
  flowDefinitionViewSchema,
  objectPermissionsSchema,
  permissionSetAssignmentSchema,
  userPermissionAccessSchema,
} from './objects/rights.ts';
import {
  leadStatusSchema,
  opportunityStageSchema,
  organizationSchema,
  recordTypeSchema,
  taskPrioritySchema,
  taskStatusSchema,
} from './objects/setup.ts';

/**
 * The objects of a fresh sandbox org by lower-case name, in a structure of its own: an org may hide fields or
 * add some without touching another. Traits as in the describes that CumulusCI recorded (v48 to v59).
 */
export function sandboxSchema(): Map<string, ObjectSchema> {
  const objects = [
    organizationSchema(),
    userSchema(),
    groupSchema(),
    groupMemberSchema(),
    queueSobjectSchema(),
    profileSchema(),
    recordTypeSchema(),
    accountSchema(),
    contactSchema(),
    leadSchema(),
    leadHistorySchema(),
    leadStatusSchema(),
    opportunitySchema(),
    opportunityStageSchema(),
    opportunityHistorySchema(),
    opportunityContactRoleSchema(),
    taskSchema(),
    taskStatusSchema(),
    taskPrioritySchema(),
    eventSchema(),
    campaignSchema(),
    campaignMemberSchema(),
    campaignMemberStatusSchema(),
    objectPermissionsSchema(),
    fieldPermissionsSchema(),
    permissionSetAssignmentSchema(),
    userPermissionAccessSchema(),
    apexTriggerSchema(),
    flowDefinitionViewSchema(),
    assignmentRuleSchema(),
    duplicateRuleSchema(),
  ];
  return new Map(objects.map((object) => [object.name.toLowerCase(), object]));
}
