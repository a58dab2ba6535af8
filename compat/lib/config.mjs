// A server configuration file for tests that need more than the default app.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporary } from './temporary.mjs';

/** What signs for `app.all`, a key for channels of every kind, [meta] among them. */
export const ALL = { keyName: 'app.all', secret: 'everything' };

/** Messages in `frozen` and `frozen:*` can be neither updated nor appended to. */
export const FROZEN = 'frozen';

const YAML = `apps:
  - id: app
    keys:
      - id: key
        secret: secret
        capability: {"*": ["*"]}
      - id: all
        secret: ${ALL.secret}
        capability: {"[*]*": ["*"]}
    namespaces:
      - id: ${FROZEN}
        mutableMessages: false
`;

/** Writes the file, with `more` at its end, and returns the arguments that make a server use it. */
export function configArgs(more = '') {
  const file = join(temporary('config'), 'holdfast.yaml');
  writeFileSync(file, YAML + more);
  return ['--config', file];
}
