import { SandboxError } from '../types.ts';
import { notFound } from './exchange.ts';
import type { OrgRequest } from './exchange.ts';

const MOST_BYTES = 16_384;
const OLDEST_VERSION = 31;
const SEASONS = ['Summer', 'Winter', 'Spring'];

/** @param line  bytes of the URL as it came. @throws SandboxError 414 or 431: Salesforce takes 16,384 bytes of URL and headers together */
export function demandSize(line: number, headers: OrgRequest['headers']): void {
  if (line > MOST_BYTES) throw new SandboxError('URI_TOO_LONG', 'The URI is too long', 414);
  const all = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, line);
  if (all > MOST_BYTES) throw new SandboxError('REQUEST_HEADER_FIELDS_TOO_LARGE', 'URI and headers are too long', 431);
}

/** @throws SandboxError 404 for a version that is not offered, 410 for a retired one */
export function demandVersion(versions: readonly string[], version: string | undefined): void {
  if (version !== undefined && versions.includes(version)) return;
  const isRetired = version !== undefined && Number(version) >= 20 && Number(version) < OLDEST_VERSION;
  if (!isRetired) throw notFound();
  throw new SandboxError(
    'GONE',
    `The requested resource is no longer available: API version ${version} is retired`,
    410,
  );
}

/** @throws SandboxError 415 */
export function demandJson({ method, headers, body }: OrgRequest): void {
  const type = headers['content-type'] ?? '';
  if (method === 'GET' || body === '' || /^application\/json\b/i.test(type)) return;
  const text = `Content-Type header specified in HTTP request is not supported: ${type}`;
  throw new SandboxError('UNSUPPORTED_MEDIA_TYPE', text, 415);
}

/** `GET /services/data`: Spring '26 is 66.0, and a release comes three times a year. */
export function listVersions(versions: readonly string[]): readonly object[] {
  return versions.map((version) => {
    const release = Number.parseInt(version, 10);
    const season = SEASONS[(release + 2) % 3] ?? '';
    const year = Math.floor((release - 26) / 3) + 13;
    return { label: `${season} '${year}`, url: `/services/data/v${version}`, version };
  });
}
