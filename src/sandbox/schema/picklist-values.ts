/** Values that several objects share, in the order of Setup; Salesforce's own first, then those of the demo company. */
export const SALUTATIONS = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'];

export const LEAD_SOURCES = [
  'Web',
  'Phone Inquiry',
  'Partner Referral',
  'Purchased List',
  'Other',
  'Contact Us',
  'Demo Request',
  'Pricing Page',
  'Webinar',
  'Trade Show',
];

export const INDUSTRIES = [
  'Agriculture',
  'Apparel',
  'Banking',
  'Biotechnology',
  'Chemicals',
  'Communications',
  'Construction',
  'Consulting',
  'Education',
  'Electronics',
  'Energy',
  'Engineering',
  'Entertainment',
  'Environmental',
  'Finance',
  'Food & Beverage',
  'Government',
  'Healthcare',
  'Hospitality',
  'Insurance',
  'Machinery',
  'Manufacturing',
  'Media',
  'Not For Profit',
  'Recreation',
  'Retail',
  'Shipping',
  'Technology',
  'Telecommunications',
  'Transportation',
  'Utilities',
  'Other',
];

export const RATINGS = ['Hot', 'Warm', 'Cold'];

export const LEAD_STATUSES = [
  'Open - Not Contacted',
  'Working - Contacted',
  'Nurturing',
  'Recycled',
  'Accepted',
  'Qualified',
  'Rejected',
  'On Hold - Customer Request',
  'Unable to Reach',
  'Closed - Converted',
  'Closed - Not Converted',
];

export const STAGES = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Id. Decision Makers',
  'Perception Analysis',
  'Proposal/Price Quote',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
];

export const FORECAST_CATEGORIES = ['Omitted', 'Pipeline', 'BestCase', 'MostLikely', 'Forecast', 'Closed'];

export const FORECAST_CATEGORY_NAMES = ['Omitted', 'Pipeline', 'Best Case', 'Commit', 'Closed'];

/** Salesforce ships the first nine; the rest the demo company has added in Setup. */
export const CONTACT_ROLES = [
  'Business User',
  'Decision Maker',
  'Economic Buyer',
  'Economic Decision Maker',
  'Evaluator',
  'Executive Sponsor',
  'Influencer',
  'Technical Buyer',
  'Other',
  'Champion',
  'Procurement',
  'Legal',
  'Partner',
  'Reseller',
];

export const TASK_STATUSES = ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'];

export const TASK_PRIORITIES = ['High', 'Normal', 'Low'];

export const TASK_SUBTYPES = ['Task', 'Email', 'ListEmail', 'Cadence', 'Call', 'LinkedIn'];

export const ACTIVITY_SUBJECTS = ['Call', 'Email', 'Send Letter', 'Send Quote', 'Other'];

export const CAMPAIGN_MEMBER_STATUSES = ['Sent', 'Responded'];
