// A small process that outlives us: when we are gone, however that came, it ends what we have left
// running and removes what was to be temporary.
import { spawn } from 'node:child_process';

/** Its input are lines; the end of it is our end. */
const SCRIPT = `
groups= folders=
while read -r word value; do
  case $word in
    runs) groups="$groups $value" ;;
    ended) rest=; for one in $groups; do [ "$one" = "$value" ] || rest="$rest $one"; done; groups=$rest ;;
    temporary) folders="$folders
$value" ;;
  esac
done
for one in $groups; do kill -9 "-$one" 2>/dev/null; done
[ -z "$folders" ] || printf '%s\\n' "$folders" | while read -r one; do [ -z "$one" ] || rm -rf -- "$one"; done
`;

export class Guard {
  #shell;

  constructor() {
    // A group of its own, which no Ctrl-C reaches.
    this.#shell = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#shell.stdin.on('error', () => {});
    this.#shell.unref();
    this.#shell.stdin.unref?.();
  }

  #tell(line) {
    this.#shell.stdin.write(`${line}\n`);
  }

  /** A process that leads a group of its own. */
  runs(pid) {
    this.#tell(`runs ${pid}`);
  }

  ended(pid) {
    this.#tell(`ended ${pid}`);
  }

  /** A folder that is not to be left behind. */
  temporary(folder) {
    this.#tell(`temporary ${folder}`);
  }
}
