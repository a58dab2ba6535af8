// One invocation from its trigger to its end: the loop between the session and the model.
import { Invocation, pageUntilLocated } from '@ably/ai-transport';
import { vercelRunOutcome } from '@ably/ai-transport/vercel';
import Ably from 'ably';
import { convertToModelMessages, isStepCount, streamText, toUIMessageStream } from 'ai';
import { USUAL } from '../shared/board.mjs';
import { INSTRUCTIONS, wordsOf } from './model.mjs';
import { OpenTexts } from './opentexts.mjs';
import { untilParagraph } from './paragraphs.mjs';
import { asks, conversation } from './prompt.mjs';
import { toolApproval, tools } from './tools.mjs';
import { transcript } from './transcript.mjs';
import { instructionOf, wantedWords } from './wishes.mjs';

const MOST_MESSAGES = 200;
const MOST_STEPS = 6;
const PAGE = 1_000;

const DOING = {
  start: 'thinking',
  'reasoning-start': 'thinking',
  'text-start': 'writing',
  'tool-input-start': 'calling a tool',
  'tool-input-available': 'calling a tool',
  'start-step': 'thinking',
};

const failure = (message) => new Ably.ErrorInfo({ message, code: 104008, statusCode: 500 });
async function* inWords(chunks) {
  try {
    yield* chunks;
  } catch (error) {
    throw error?.name === 'AbortError' ? error : new Error(wordsOf(error), { cause: error });
  }
}

const textOf = ({ parts }) => parts.filter(({ type }) => type === 'text').map(({ text }) => text).join('');

export class Answering {
  #run;
  #session;
  #job;
  #model;
  #tell;
  #reachable;
  #decisions;
  #board;
  #progress = null;
  #remarks = 0;
  #steered = false;
  #failed = null;
  #ending = null;
  #open = new OpenTexts();
  #halt = new AbortController();
  runId;

  /**
   * @param decisions what people's answers to tool calls count for
   * @param board where people say how it shall answer and see how far it is; there may be none
   * @param tell is told what the agent is doing, whenever that changes
   * @param reachable resolves with the session's channel once it takes what is published
   */
  constructor({ session, job, model, decisions, board, tell, reachable }) {
    this.#session = session;
    this.#decisions = decisions;
    this.#board = board;
    this.#reachable = reachable;
    this.#job = job;
    this.#model = model;
    this.#tell = tell;
    this.runId = job.runId;
    const { runId, invocationId } = job;
    const hooks = {
      signal: this.#halt.signal,
      onSteer: () => this.#noteSteer(),
      onAblyMessage: (message) => this.#open.note(message),
      onCancelled: () => this.#beforeClosing(),
      onError: () => {},
    };
    this.#run = session.createRun(Invocation.fromJSON(job.invocation), { runId, invocationId }, hooks);
  }

  /** Finds the trigger and opens the run; false when that is not for this process to do. */
  async open(isMine) {
    const run = this.#run;
    await this.#reachable();
    await pageUntilLocated(run, { inputEventId: this.#job.invocation.inputEventId, pageSize: PAGE });
    while (run.view.hasOlder() && run.view.getMessages().length < MOST_MESSAGES) await run.view.loadOlder(PAGE);
    this.runId = run.runId;
    const node = this.#session.tree.getRunNode(run.runId);
    // A run that is there is either waiting to go on, or was opened by an agent that is gone.
    if (!isMine(run.runId) || (node?.startSerial && node.state.status !== 'suspended')) return false;
    // Goes on once everything it asks is answered.
    if (node?.startSerial && asks({ tree: this.#session.tree, runId: run.runId, decisions: this.#decisions })) return false;
    await run.start();
    this.#remarks = this.#countRemarks();
    return true;
  }

  // The SDK takes a second answer to an approval for a remark as well.
  #noteSteer() {
    const remarks = this.#countRemarks();
    if (remarks > this.#remarks) this.#steered = true;
    this.#remarks = remarks;
  }

  #countRemarks() {
    return this.#run.messages.filter(({ role }) => role === 'user').length;
  }

  /** Answers until there is nothing left to answer; resolves with how the run ended or paused. */
  async answer() {
    try {
      return await this.#answered();
    } finally {
      // Nobody waits for it: it goes out when the connection is back.
      this.#progress?.end().catch(() => {});
    }
  }

  async #answered() {
    const run = this.#run;
    let outcome = { reason: 'complete' };
    for (let passes = 0; outcome.reason === 'complete' && run.hasInput(); passes++) {
      if (passes === 0 || this.#steered) outcome = await this.#pass();
    }
    // The SDK tries to end or suspend a run once only, so that has to be possible.
    await this.#reachable();
    if (outcome.reason === 'suspend') {
      await run.suspend();
      return 'suspended';
    }
    // An abort may also come from the session: only a person's is a cancellation.
    if (run.abortSignal.aborted) outcome = { reason: 'cancelled' };
    await run.end(this.#ending ? { reason: 'error', error: failure(this.#ending) } : outcome);
    return outcome.reason;
  }

  // Who was cut off has lost pieces of what it said; who is stopped has not.
  async #beforeClosing() {
    const channel = await this.#reachable();
    if (this.#ending) await this.#open.sendWhole(channel).catch(() => {});
  }

  /** One call of the model, streamed into one message. */
  async #pass() {
    const run = this.#run;
    const steered = this.#steered;
    this.#steered = false;
    const stop = new AbortController();
    const messages = conversation({ tree: this.#session.tree, run, decisions: this.#decisions });
    const rehearsal = this.#rehearsal(messages, steered);
    const wishes = this.#wishes;
    const wanted = wantedWords(rehearsal.question ?? '', wishes);
    if (this.#progress) this.#progress.aims(wanted, wishes);
    else this.#progress = this.#board?.progress(this.runId, { wanted, wishes }) ?? null;
    const result = streamText({
      model: this.#model,
      instructions: `${INSTRUCTIONS}\n${instructionOf(wishes)}`,
      messages: await convertToModelMessages(messages, { tools, ignoreIncompleteToolCalls: true }),
      tools,
      toolApproval,
      stopWhen: isStepCount(MOST_STEPS),
      maxRetries: 1,
      abortSignal: AbortSignal.any([run.abortSignal, stop.signal]),
      providerOptions: { rehearsed: { ...rehearsal, wishes } },
      onError: () => {},
    });
    const chunks = toUIMessageStream({ stream: result.stream, tools, onError: wordsOf });
    const halted = { at: false };
    const halt = () => {
      halted.at = true;
      stop.abort();
    };
    const enough = () => this.#steered || this.#isEnough(rehearsal.question ?? '', wanted);
    const piped = await run.pipe(this.#recorded(untilParagraph(inWords(chunks), enough, halt)));
    if (halted.at && piped.reason === 'complete') return { reason: 'complete' };
    if (this.#failed && piped.reason === 'complete') return { reason: 'error', error: failure(this.#failed) };
    // Not looked at before: who asks for it makes the model run ahead of what is published, and a
    // failure would take with it what had been said meanwhile.
    return vercelRunOutcome(piped, result.finishReason);
  }

  get #wishes() {
    return this.#board?.wishes ?? USUAL;
  }

  /** Less is wanted than when it began, and that much has been said. */
  #isEnough(question, atFirst) {
    if (!this.#progress) return false;
    const wishes = this.#wishes;
    const wanted = wantedWords(question, wishes);
    if (wanted < atFirst) this.#progress.aims(wanted, wishes);
    return wanted < atFirst && this.#progress.words >= wanted;
  }

  /** The chunks as they pass, after their text was written down. */
  async *#recorded(chunks) {
    const write = transcript(process.env.HOLDFAST_DEMO_TRANSCRIPT, this.runId);
    for await (const chunk of chunks) {
      if (chunk.type === 'text-delta') {
        write(chunk.delta);
        this.#progress?.said(chunk.delta);
      }
      if (chunk.type === 'error') this.#failed = chunk.errorText;
      if (DOING[chunk.type]) {
        this.#tell(DOING[chunk.type]);
        this.#progress?.does(DOING[chunk.type]);
      }
      yield chunk;
    }
  }

  /** What the rehearsed model cannot see in the prompt: which try this is, and what was just added. */
  #rehearsal(messages, steered) {
    const siblings = this.#session.tree.getSiblingNodes(this.runId);
    const attempt = Math.max(0, siblings.findIndex(({ kind, runId }) => kind === 'run' && runId === this.runId));
    const users = messages.filter(({ role }) => role === 'user').map(textOf);
    const own = this.#run.messages.filter(({ role }) => role === 'user').map(textOf);
    return { attempt, steer: steered ? users.at(-1) : null, question: steered ? own[0] ?? users.at(-2) : users.at(-1) };
  }

  /** Stops it and says why; for what is not a person's wish. */
  interrupt(why) {
    this.#ending ??= why;
    this.#halt.abort();
  }
}
