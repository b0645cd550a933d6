import type { Path } from './located-yaml.ts';
import type { Config } from './schema.ts';

/** The mode of the module that a path lies in (F38); sections that are no modules are in force. */
export function modeOf(config: Config, [section]: Path): 'off' | 'observe' | 'enforce' {
  switch (section) {
    case 'qualification':
    case 'routing':
    case 'sla':
    case 'recycle':
    case 'contact_roles':
    case 'opportunity_criteria':
      return config[section]?.mode ?? 'off';
    default:
      return 'enforce';
  }
}
