import type { Fields } from '../../domain/record.ts';
import type { TemplateValues } from '../template.ts';
import type { ContactRoleRuling } from './contact-role-ruling.ts';
import { findingCodes } from './finding.ts';
import type { RulingName } from './set-entries.ts';

/** What names in braces stand for: those of the ruling, else fields of the opportunity. */
export function rulingValues(ruling: ContactRoleRuling, fields: Fields): TemplateValues {
  const ours: Readonly<Record<RulingName, string | number | null>> = {
    status: ruling.status,
    coverage: ruling.coverage,
    satisfied: ruling.satisfied,
    total: ruling.total,
    missing: ruling.missing.join('; '),
    not_engaged: ruling.notEngaged.join('; '),
    required_by: ruling.requiredBy,
    tier: ruling.appliedTier,
    findings: findingCodes(ruling.findings).join('; '),
  };
  return (name) => (Object.hasOwn(ours, name) ? ours[name as RulingName] : fields[name]);
}
