import { z } from 'zod';
import type { AppError } from '../../domain/error.ts';
import { ApiErrors, readRefusal, readShape, refusalOf } from './refusal.ts';

export type SubRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From the host's root, with the version: `/services/data/v66.0/…`. */
  readonly url: string;
  readonly body?: unknown;
  readonly httpHeaders?: Readonly<Record<string, string>>;
};

/** What became of one sub-request: its body, its refusal, or null when the answer does not tell. */
export type SubAnswer = { readonly body: unknown } | AppError | null;

/** The body of `POST /composite`: sub-requests that do not depend on each other, each on its own. */
export function compositeBody(subRequests: readonly SubRequest[]): unknown {
  return {
    allOrNone: false,
    compositeRequest: subRequests.map((sub, index) => ({ ...sub, referenceId: referenceOf(index) })),
  };
}

/**
 * The answers of a composite call in the order of its sub-requests; the call itself is 200 even if all failed.
 * @throws AppError `malformed-answer` when the answer is not one of a composite call at all
 */
export function readComposite(answer: unknown, count: number, what: string): readonly SubAnswer[] {
  const { compositeResponse } = readShape(CompositeAnswer, answer, what);
  return Array.from({ length: count }, (_, index) => {
    const sub = compositeResponse.find(({ referenceId }) => referenceId === referenceOf(index));
    return sub === undefined ? null : readSubAnswer(sub);
  });
}

const CompositeAnswer = z.object({
  compositeResponse: z.array(z.object({ body: z.unknown(), httpStatusCode: z.int(), referenceId: z.string() })),
});
type CompositeSubAnswer = z.infer<typeof CompositeAnswer>['compositeResponse'][number];

function readSubAnswer(sub: CompositeSubAnswer): SubAnswer {
  if (sub.httpStatusCode >= 200 && sub.httpStatusCode < 300) return { body: sub.body };
  const errors = ApiErrors.safeParse(sub.body);
  if (errors.success && sub.httpStatusCode < 500) return refusalOf(errors.data, sub.httpStatusCode);
  return readRefusal({ statusCode: sub.httpStatusCode, headers: {}, body: JSON.stringify(sub.body ?? null) });
}

function referenceOf(index: number): string {
  return `part${index}`;
}
