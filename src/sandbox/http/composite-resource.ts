import { isJson } from '../json.ts';
import { SandboxError } from '../types.ts';
import type { ApiCall } from './api-call.ts';
import { runWrite } from './api-call.ts';
import { errorAnswer, readJsonObject } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { ROLLED_BACK, answerSubrequest, halted, hasFailed, readSubrequests, subresponse } from './subrequests.ts';
import type { Dispatch, Subrequest } from './subrequests.ts';

const MOST_SUBREQUESTS = 25;
const MOST_LARGE = 5;
const MOST_GRAPHS = 75;
const MOST_NODES = 500;
const FAILED_GRAPHS_TO_HALT = 14;

/** `POST /composite`: one call, at most 25 subrequests, of which five may be collections or queries. */
export function answerComposite(call: ApiCall, dispatch: Dispatch): Answer {
  const { compositeRequest, allOrNone } = readJsonObject(call.request);
  const subrequests = readSubrequests(compositeRequest);
  demandAtMost(subrequests.length, MOST_SUBREQUESTS, 'subrequests in a composite request');
  demandAtMost(subrequests.filter(isLarge).length, MOST_LARGE, 'sObject Collections or Query subrequests');
  const answers =
    allOrNone === true ? answerTogether(call, subrequests, dispatch) : answerEach(call, subrequests, dispatch);
  return { status: 200, body: { compositeResponse: subrequests.map((one, at) => subresponse(one, answers[at]!)) } };
}

/** `POST /composite/graph`: each graph stands or falls alone; after more than 14 failures the rest is not tried. */
export function answerGraphs(call: ApiCall, dispatch: Dispatch): Answer {
  const { graphs } = readJsonObject(call.request);
  if (!Array.isArray(graphs) || !graphs.every(isJson))
    throw new SandboxError('JSON_PARSER_ERROR', 'graphs must be a list');
  demandAtMost(graphs.length, MOST_GRAPHS, 'graphs');
  const parts = graphs.map((graph) => ({
    graphId: graph['graphId'],
    nodes: readSubrequests(graph['compositeRequest']),
  }));
  demandAtMost(parts.flatMap(({ nodes }) => nodes).length, MOST_NODES, 'nodes');
  let failures = 0;
  const results = parts.map(({ graphId, nodes }) => {
    const isHalted = failures > FAILED_GRAPHS_TO_HALT;
    const answers = isHalted
      ? nodes.map(() => halted('Graph processing was halted'))
      : answerTogether(call, nodes, dispatch);
    const isSuccessful = !answers.some(hasFailed);
    if (!isSuccessful) failures++;
    const compositeResponse = nodes.map((node, at) => subresponse(node, answers[at]!));
    return { graphId, graphResponse: { compositeResponse }, isSuccessful };
  });
  return { status: 200, body: { graphs: results } };
}

/** `POST /composite/batch`: every subrequest is a call of its own, with the headers of the whole. */
export function answerBatch(call: ApiCall, dispatch: Dispatch): Answer {
  const { batchRequests, haltOnError } = readJsonObject(call.request);
  if (!Array.isArray(batchRequests)) throw new SandboxError('JSON_PARSER_ERROR', 'batchRequests must be a list');
  demandAtMost(batchRequests.length, MOST_SUBREQUESTS, 'batch requests');
  call.limits.spend(Math.max(0, batchRequests.length - 1));
  let hasErrors = false;
  const results = batchRequests.map((given: unknown) => {
    if (hasErrors && haltOnError === true) {
      const refusal = new SandboxError('BATCH_PROCESSING_HALTED', 'Batch processing was halted', 412);
      return { statusCode: 412, result: errorAnswer(refusal).body };
    }
    const answer = answerBatchPart(call, given, dispatch);
    hasErrors ||= hasFailed(answer);
    return { statusCode: answer.status, result: answer.body ?? null };
  });
  return { status: 200, body: { hasErrors, results } };
}

function answerBatchPart(call: ApiCall, given: unknown, dispatch: Dispatch): Answer {
  const { url, method, richInput } = isJson(given) ? given : ({} as Readonly<Record<string, unknown>>);
  const path = String(url);
  const subrequest = {
    method: String(method).toUpperCase(),
    url: path.startsWith('/') ? path : `/services/data/${path}`,
    referenceId: '',
    httpHeaders: call.request.headers,
    body: richInput,
  };
  return answerSubrequest(call, subrequest, new Map(), dispatch);
}

function answerEach(call: ApiCall, subrequests: readonly Subrequest[], dispatch: Dispatch): readonly Answer[] {
  const bodies = new Map<string, unknown>();
  return subrequests.map((subrequest) => {
    const answer = answerSubrequest(call, subrequest, bodies, dispatch);
    bodies.set(subrequest.referenceId, hasFailed(answer) ? null : answer.body);
    return answer;
  });
}

function answerTogether(call: ApiCall, subrequests: readonly Subrequest[], dispatch: Dispatch): readonly Answer[] {
  return runWrite(call, () => {
    const savepoint = call.world.store.savepoint();
    const bodies = new Map<string, unknown>();
    const answers: Answer[] = [];
    for (const subrequest of subrequests) {
      const answer = answerSubrequest(call, subrequest, bodies, dispatch);
      answers.push(answer);
      if (hasFailed(answer) || hasFailedRow(answer)) break;
      bodies.set(subrequest.referenceId, answer.body);
    }
    const last = answers.at(-1);
    if (last === undefined || !(hasFailed(last) || hasFailedRow(last))) return answers;
    call.world.store.rollbackTo(savepoint);
    return subrequests.map((_, at) => (at === answers.length - 1 ? last : halted(ROLLED_BACK)));
  });
}

/** Under all-or-none a collection fails as a whole when one of its rows does, though its own status is 200. */
function hasFailedRow({ body }: Answer): boolean {
  return Array.isArray(body) && body.some((row: unknown) => isJson(row) && row['success'] === false);
}

function isLarge({ url }: Subrequest): boolean {
  return /^\/services\/data\/v[\d.]+\/(?:composite\/sobjects|query|queryAll)\b/.test(url);
}

function demandAtMost(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new SandboxError(
    'LIMIT_EXCEEDED',
    `Limit Exceeded. The limit for ${what} is ${most}, the request has ${count}.`,
  );
}
