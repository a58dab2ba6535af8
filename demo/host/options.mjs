// What `./holdfast demo` can be told.
const USAGE = `usage: ./holdfast demo [--port P] [--data DIR] [--server-port P] [--agent java|js]

  --port         the page and its API; 8080
  --server-port  the Holdfast server the page connects to; one above --port
  --data         the directory that keeps every conversation; data/demo
  --agent        which agent answers: the one in Java or the one in JavaScript; java`;

function portOf(flag, text) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`${flag} needs a port from 1 to 65535, not ${text}`);
  return port;
}

/** The options as a record; ends the process for --help. */
export function readOptions(args) {
  const given = {};
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = args[i].split(/=(.*)/s);
    if (flag === '--help' || flag === '-h') {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    if (!['--port', '--server-port', '--data', '--agent'].includes(flag)) throw new Error(`there is no option ${flag}\n${USAGE}`);
    const value = inline ?? args[++i];
    if (value === undefined || value === '') throw new Error(`${flag} needs a value`);
    given[flag] = value;
  }
  const port = portOf('--port', given['--port'] ?? '8080');
  const serverPort = portOf('--server-port', given['--server-port'] ?? String(port + 1));
  if (port === serverPort) throw new Error('the page and the server need two ports');
  const agent = given['--agent'] ?? 'java';
  if (!['java', 'js'].includes(agent)) throw new Error(`--agent needs java or js, not ${agent}`);
  return { port, serverPort, data: given['--data'] ?? 'data/demo', agent };
}
