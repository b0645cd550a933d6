/** One error of an answer. */
export type Refusal = {
  readonly code: string;
  readonly message: string;
  /** Place of the part in a composite call; null outside of one. */
  readonly part: number | null;
  /** Place of the row in a collection; null when the whole request, or the whole part, was refused. */
  readonly row: number | null;
};

/** What an answer refuses, whatever kind of answer it is; empty when nothing is. */
export function refusalsIn(body: unknown): readonly Refusal[] {
  const parts = (body as { readonly compositeResponse?: readonly { readonly body?: unknown }[] } | null | undefined)
    ?.compositeResponse;
  if (Array.isArray(parts)) return parts.flatMap((part, at) => refusalsOf(part.body, at));
  return refusalsOf(body, null);
}

type Row = {
  readonly success?: boolean;
  readonly errorCode?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly statusCode?: string; readonly message?: string }[];
};

function refusalsOf(body: unknown, part: number | null): readonly Refusal[] {
  if (!Array.isArray(body)) return [];
  return (body as readonly (Row | null)[]).flatMap((answer, row): readonly Refusal[] => {
    // Who reads several records at a time is told null for one that is missing.
    const { success, errorCode, message = '', errors = [] } = answer ?? {};
    if (errorCode !== undefined) return [{ code: errorCode, message, part, row: null }];
    if (success !== false) return [];
    return errors.map((error) => ({ code: error.statusCode ?? '', message: error.message ?? '', part, row }));
  });
}
