import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'vitest/node';

const root = path.resolve(import.meta.dirname, '../..');

/** A TypeScript file: its path from the project's root with `/`, and its text. */
export type SourceFile = { readonly file: string; readonly code: string };

/** All TypeScript files below a folder of the project, sorted by path. */
export function readSourceTree(folder: string): readonly SourceFile[] {
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .sort()
    .map((file) => ({ file, code: readFileSync(path.join(root, file), 'utf8') }));
}

/** What a file imports, types and dynamic imports too: project paths (`src/domain/error.ts`) or the names of packages. */
export function readImports({ file, code }: SourceFile): readonly string[] {
  const found: string[] = [];
  visit(parse(code), (node) => {
    const source = node.source as SyntaxNode | null | undefined;
    if (importing.has(node.type) && source?.type === 'Literal') found.push(String(source.value));
  });
  return found.map((specifier) => resolveSpecifier(file, specifier));
}

/** All texts of a file, those of templates in parts, in the order of the text; comments are none. */
export function readTexts({ code }: SourceFile): readonly string[] {
  const found: string[] = [];
  visit(parse(code), (node) => {
    if (node.type === 'Literal' && typeof node.value === 'string') found.push(node.value);
    if (node.type === 'TemplateElement') found.push((node.value as { readonly raw: string }).raw);
  });
  return found;
}

/** Where a file waits, reads the clock, or draws lots: `line:what`, in the order of the text. */
export function readImpurities({ code }: SourceFile): readonly string[] {
  const found: string[] = [];
  visit(parse(code), (node) => {
    const what = impurityOf(node, code);
    if (what !== null) found.push(`${code.slice(0, node.start).split('\n').length}:${what}`);
  });
  return found;
}

const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);
const clocksAndDice = new Set([
  'Date.now',
  'Math.random',
  'DateTime.now',
  'DateTime.local',
  'DateTime.utc',
  'performance.now',
  'crypto.randomUUID',
]);

type SyntaxNode = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

function impurityOf(node: SyntaxNode, code: string): string | null {
  if (node.async === true) return 'async';
  if (node.type === 'AwaitExpression') return 'await';
  if (node.type === 'MemberExpression') {
    const name = code.slice(node.start, node.end);
    return clocksAndDice.has(name) ? name : null;
  }
  const callee = node.callee as SyntaxNode | undefined;
  if (callee?.type !== 'Identifier' || callee.name !== 'Date') return null;
  if (node.type === 'CallExpression') return 'Date()';
  return (node.arguments as readonly unknown[]).length === 0 ? 'new Date()' : null;
}

function parse(code: string): SyntaxNode {
  return parseAst(code, { lang: 'ts', sourceType: 'module' }) as unknown as SyntaxNode;
}

function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && 'start' in value) see(value as SyntaxNode);
  for (const child of Object.values(value)) visit(child, see);
}

function resolveSpecifier(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier);
  // `jsforce/lib/transport.js` is jsforce, `@scope/name/part` is @scope/name; Node's own keep their whole name.
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
