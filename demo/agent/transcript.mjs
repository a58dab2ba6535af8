// What the agent has said, as files that tests compare with what people see. Written before it is
// handed on, so that nothing can have been seen that is not in it.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A writer for a run's text; does nothing without a directory. */
export function transcript(directory, runId) {
  if (!directory) return () => {};
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${runId}.txt`);
  return (text) => appendFileSync(file, text);
}
