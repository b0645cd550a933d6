import { tidy } from './fold.ts';

/**
 * The domain of a bare e-mail address in lower case: what follows the last `@` (F13). Null when the text is blank or is
 * not one address and nothing else, as `Bob <bob@x.example>` is not (QE3).
 */
export function emailDomain(text: string): string | null {
  const address = /^(?:[^\s"<>(),;]+|".+")@([^\s@"<>(),;:/]+)$/.exec(tidy(text));
  const domain = address?.[1]?.toLowerCase() ?? '';
  return isDomain(domain) ? domain : null;
}

/** Whether the text is a name of labels with dots between them. */
export function isDomain(text: string): boolean {
  return /^[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}])?(?:\.[\p{L}\p{N}_][\p{L}\p{N}\p{M}_-]*)+$/u.test(
    text,
  );
}
