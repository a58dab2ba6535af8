// The demo's one process that people start: it serves the page and its small API, and keeps the
// Holdfast server and the agent running. `./holdfast demo` becomes this.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeModel } from '../agent/choice.mjs';
import { networkAddresses } from './addresses.mjs';
import { AgentKeeper } from './agentkeeper.mjs';
import { Handover } from './handover.mjs';
import { readOptions } from './options.mjs';
import { ServerKeeper } from './serverkeeper.mjs';
import { serveWeb } from './web.mjs';

const DEMO = fileURLToPath(new URL('..', import.meta.url));

const say = (line) => process.stderr.write(`demo: ${line}\n`);

function announce({ port }, model) {
  const lines = ['', 'The demo is ready.', `  on this machine   http://localhost:${port}`];
  for (const address of networkAddresses()) lines.push(`  on your network   http://${address}:${port}`);
  lines.push(`  the agent         ${model.name}${model.rehearsed ? ' (OPENAI_API_KEY or OPENAI_BASE_URL give it a real model)' : ''}`);
  lines.push('Whoever can reach these addresses can use it. Ctrl-C ends it.', '');
  process.stdout.write(lines.join('\n'));
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  const data = resolve(options.data);
  mkdirSync(data, { recursive: true });
  const model = describeModel(process.env);
  const server = new ServerKeeper({ port: options.serverPort, data: join(data, 'server'), say });
  const handover = new Handover();
  const agent = new AgentKeeper({ kind: options.agent, handover, port: options.serverPort, key: () => server.key, say });
  const web = await serveWeb({ dist: join(DEMO, 'page', 'dist'), options, model, server, agent, handover });

  let ending = false;
  const end = async (code) => {
    if (ending) return;
    ending = true;
    web.close();
    // The agent first: it can only say how its answers ended while there is a server.
    await agent.stop();
    await server.stop();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0));

  try {
    await server.start();
    await agent.start();
  } catch (error) {
    say(error.message);
    return end(1);
  }
  if (!ending) announce(options, model);
}

main().catch((error) => {
  say(error.message);
  process.exit(1);
});
