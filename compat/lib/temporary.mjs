// Folders that last as long as the process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = [];

/** A new folder, whose name begins with `stem`. */
export function temporary(stem) {
  if (folders.length === 0) process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  folders.push(mkdtempSync(join(tmpdir(), `holdfast-${stem}-`)));
  return folders.at(-1);
}
