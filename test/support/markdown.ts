/** A fenced block: what follows the fence (`yaml configuration`), the text between the fences, and its first line's number. */
export type FencedBlock = { readonly info: string; readonly text: string; readonly line: number };

/** The fenced blocks of a Markdown text, in order; a block that is not closed is none. */
export function readFencedBlocks(markdown: string): readonly FencedBlock[] {
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    info: match[1]?.trim() ?? '',
    text: match[2] ?? '',
    line: markdown.slice(0, match.index).split('\n').length + 1,
  }));
}
