import path from 'node:path';

/**
 * Where a file of the configuration's `data/…` lies: the leading `data` stands for DATA_DIR.
 * Other relative paths count from the working directory, absolute ones stay.
 */
export function dataPath(file: string, dataFolder: string): string {
  const parts = path.normalize(file).split(path.sep);
  return parts[0] === 'data' ? path.join(dataFolder, ...parts.slice(1)) : file;
}
