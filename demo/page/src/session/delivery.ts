// Carries what people say from the outbox into the conversation, and wakes the agent for it.
import type { ClientRun } from '@ably/ai-transport';
import type { VercelInput } from '@ably/ai-transport/vercel';
import { insist, postRun, type SessionFacts } from '../api';
import { userMessage, type ConversationView, type Session, type UIMessage } from './codec';
import type { Entry, Outbox } from './outbox';
import type { WireIndex } from './wire';

export type Run = ClientRun<VercelInput, UIMessage>;

const WAKE_FOR_MS = 30_000;

export interface Route {
  readonly facts: SessionFacts;
  readonly session: Session;
  readonly view: Pick<ConversationView, 'send' | 'edit'>;
  readonly wire: WireIndex;
  readonly outbox: Outbox;
  /** Whether this is still the session the page lives by, and attached. */
  readonly open: () => boolean;
  /** Hears of every run this window asks for. */
  readonly asked: (run: Run) => void;
}

export async function deliver(entry: Entry, route: Route): Promise<void> {
  const { outbox, open } = route;
  outbox.change(entry.id, { stage: 'sending' });
  if (entry.purpose.kind === 'wake') return wake(entry.id, entry.purpose.event, route);
  let event: string;
  try {
    // What a session that ended had sent may have arrived without this page hearing of it.
    event = route.wire.eventOfSent.get(entry.id) ?? (await publish(entry, route));
  } catch (error) {
    outbox.change(entry.id, open() ? { stage: 'stuck', problem: said(error) } : { stage: 'waiting' });
    return;
  }
  if (entry.purpose.kind === 'steer') return outbox.remove(entry.id);
  outbox.change(entry.id, { purpose: { kind: 'wake', event } });
  return wake(entry.id, event, route);
}

async function publish(entry: Entry, { session, view, asked }: Route): Promise<string> {
  const input = userMessage(entry.id, entry.text);
  const { purpose } = entry;
  if (purpose.kind === 'steer') {
    const parent = session.tree.getRunNode(purpose.run)?.parentCodecMessageId;
    return (await view.send(input, { runId: purpose.run, ...(parent && { parent }) })).inputEventId;
  }
  const run = purpose.kind === 'edit' ? await view.edit(purpose.of, input) : await view.send(input);
  asked(run);
  return run.inputEventId;
}

async function wake(id: string, inputEventId: string, { facts, outbox }: Route): Promise<void> {
  try {
    await insist(() => postRun(facts.session, { inputEventId, sessionName: facts.channel }), WAKE_FOR_MS);
    outbox.remove(id);
  } catch (error) {
    outbox.change(id, { stage: 'stuck', problem: said(error) });
  }
}

export const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
