import { isDomain } from './email-domain.ts';
import { tidy } from './fold.ts';

/**
 * The domain of a web address in lower case, without scheme, `www.`, path and port (F13). Null when the text is blank or
 * holds no domain.
 */
export function webDomain(text: string): string | null {
  const host = tidy(text)
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/^\/\//, '')
    .replace(/[/?#\\].*$/, '')
    .replace(/^[^@]*@/, '')
    .replace(/:\d*$/, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  return isDomain(host) ? host : null;
}
