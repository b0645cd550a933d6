import { isJson } from '../json.ts';
import { SandboxError } from '../types.ts';

/** Bodies of earlier subrequests by their reference id; null where the subrequest failed. */
export type ReferenceBodies = ReadonlyMap<string, unknown>;

const REFERENCE = /@\{([^}]+)\}/g;

/** Puts results of earlier subrequests in place of `@{ref.path}`, everywhere in a value. Case matters. */
export function fillReferences(value: unknown, bodies: ReferenceBodies): unknown {
  if (typeof value === 'string') return fillText(value, bodies);
  if (Array.isArray(value)) return value.map((one) => fillReferences(one, bodies));
  if (!isJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillReferences(one, bodies)]));
}

function fillText(text: string, bodies: ReferenceBodies): unknown {
  const [whole, path] = /^@\{([^}]+)\}$/.exec(text) ?? [];
  if (whole !== undefined && path !== undefined) return lookUp(path, bodies);
  return text.replaceAll(REFERENCE, (_, inner: string) => String(lookUp(inner, bodies)));
}

function lookUp(path: string, bodies: ReferenceBodies): unknown {
  const [reference = '', ...steps] = path.split(/\.|(?=\[)/);
  let value: unknown = bodies.get(reference);
  for (const step of steps) {
    const [, index] = /^\[(\d+)\]$/.exec(step) ?? [];
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else value = isJson(value) ? value[step] : undefined;
  }
  if (value !== undefined && value !== null) return value;
  const text = `Invalid reference specified. No value for ${path} found in ${reference}`;
  throw new SandboxError('PROCESSING_HALTED', text);
}
