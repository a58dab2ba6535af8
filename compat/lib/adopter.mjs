// A second process of an agent: adopts an open run, runs one step of it, and ends the run or dies.
// Argument: JSON { port, binary, invocation, runId, stepId, text, count, dieAt, end }.
import Ably from 'ably';
import { withAgentSession } from '@ably/ai-transport';
import { paced, text, turn } from './chunks.mjs';
import { codec } from './sessions.mjs';

const job = JSON.parse(process.argv[2]);
const client = new Ably.Realtime({
  key: 'app.key:secret', endpoint: '127.0.0.1', port: job.port, tls: false, fallbackHosts: [],
  disconnectedRetryTimeout: 100, useBinaryProtocol: job.binary, logLevel: 0,
});

const chunks = turn(text(job.text, job.count));
const die = () => process.kill(process.pid, 'SIGKILL');
const at = job.dieAt === undefined ? {} : { [job.dieAt]: die };

await withAgentSession({ client, codec, invocation: job.invocation }, async ({ session, invocation }) => {
  const run = session.adoptRun(invocation, { runId: job.runId, invocationId: `adopter-${process.pid}` });
  await run.load({ timeoutMs: 20_000 });
  const step = run.createStep({ stepId: job.stepId });
  await step.start();
  const { reason } = await step.pipe(paced(chunks, 100, at));
  await step.end();
  if (job.end) await run.end({ reason: 'complete' });
  console.log(JSON.stringify({ reason, saw: run.view.getMessages().length }));
});
client.close();
