import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * The files of a configuration's folder and its sub-folders, relative, sorted; what begins with a dot is none of them,
 * as Kubernetes puts the files of a mounted ConfigMap into `..data` and links to them.
 * Empty when there is no such folder.
 */
export function configFiles(folder: string): readonly string[] {
  const found: string[] = [];
  collect('');
  return found.sort();

  function collect(below: string): void {
    for (const name of namesIn(path.join(folder, below))) {
      if (name.startsWith('.')) continue;
      const relative = path.join(below, name);
      const about = statSync(path.join(folder, relative), { throwIfNoEntry: false });
      if (about?.isDirectory()) collect(relative);
      else if (about?.isFile()) found.push(relative);
    }
  }
}

/** The same text as long as nobody has written to, replaced, added or taken away one of the files. */
export function filesSignature(folder: string): string {
  return configFiles(folder)
    .map((file) => {
      const about = statSync(path.join(folder, file), { throwIfNoEntry: false });
      return [file, about?.ino, about?.size, about?.mtimeMs, about?.ctimeMs].join(' ');
    })
    .join('\n');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
