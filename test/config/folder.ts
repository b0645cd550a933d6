import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder with these files, by path inside it. */
export function aFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'rolecall-config-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** The least that a configuration must have. */
export const ORG_YAML = `org: { timezone: Europe/London, default_calendar: always }
extract: { start_at: 2026-10-01T00:00:00Z }
calendars: { always: { timezone: UTC, open: { mon-sun: ["00:00-24:00"] } } }
`;
