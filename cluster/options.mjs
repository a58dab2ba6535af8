// What `./holdfast cluster` can be told.
import { NODES } from './node.mjs';
import { PORTS_EACH, SERVERS } from './nats.mjs';

const USAGE = `usage: ./holdfast cluster [--port P] [--nats-port P] [--data DIR] [--key APP.KEY:SECRET] [--config FILE]

Three nats-servers, three Holdfast nodes on them and a load balancer before those, on this machine.

  --port       the balancer's; the nodes get the ${NODES} after it. 8080 if it is free, and any for the nodes
  --nats-port  the first of ${SERVERS * PORTS_EACH} for the nats-servers; any
  --data       the directory that keeps everything; without one nothing is kept
  --key        what clients use; without one a key is made
  --config     a configuration file for the nodes`;

const FLAGS = ['--port', '--nats-port', '--data', '--key', '--config'];

function portOf(flag, text, more) {
  const port = Number(text);
  const last = 65_535 - more;
  if (!Number.isInteger(port) || port < 1 || port > last) throw new Error(`${flag} needs a port from 1 to ${last}, not ${text}`);
  return port;
}

/** The options as a record, null where nothing is said; ends the process for --help. */
export function readOptions(args) {
  const given = {};
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = args[i].split(/=(.*)/s);
    if (flag === '--help' || flag === '-h') {
      process.stdout.write(`${USAGE}\n`);
      process.exit(0);
    }
    if (!FLAGS.includes(flag)) throw new Error(`there is no option ${flag}\n${USAGE}`);
    const value = inline ?? args[++i];
    if (value === undefined || value === '') throw new Error(`${flag} needs a value`);
    given[flag] = value;
  }
  const number = (flag, more) => (given[flag] === undefined ? null : portOf(flag, given[flag], more));
  return {
    port: number('--port', NODES),
    natsPort: number('--nats-port', SERVERS * PORTS_EACH - 1),
    data: given['--data'] ?? null,
    key: given['--key'] ?? null,
    config: given['--config'] ?? null,
  };
}
