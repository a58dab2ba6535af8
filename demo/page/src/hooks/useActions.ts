import { useMemo } from 'react';
import { codec, type ConversationView, type Session } from '../session/codec';
import { said, type Run } from '../session/delivery';
import type { Actions, Chat } from '../session/chat';
import type { Outbox } from '../session/outbox';
import type { WireIndex } from '../session/wire';

export interface Tools {
  readonly chat: Chat;
  readonly session: Session;
  readonly view: ConversationView;
  readonly wire: WireIndex;
  readonly outbox: Outbox;
  readonly runs: Map<string, Run>;
  readonly asked: (run: Run) => void;
}

/** Everything a person can do to the conversation. */
export function useActions({ chat, session, view, wire, outbox, runs, asked }: Tools): Actions {
  const { send, regenerate, loadOlder } = view;
  return useMemo(() => {
    const ask = async (what: string, begin: () => Promise<Run>) => {
      try {
        const run = await begin();
        asked(run);
        outbox.add('', { kind: 'wake', event: run.inputEventId });
      } catch (error) {
        chat.notify(`${what} did not go through: ${said(error)}. Try again when the page is connected.`);
      }
    };
    return {
      send: (text) => void outbox.add(text, { kind: 'message' }),
      steer: (run, text) => void outbox.add(text, { kind: 'steer', run }),
      edit: (row, text) => void outbox.add(text, { kind: 'edit', of: row }),
      regenerate: (row) => ask('Asking again', () => regenerate(row)),
      answer: (row, toolCallId, approved) => {
        const input = codec.createToolApprovalResponse(row.id, { toolCallId, approved });
        return ask('Your answer', () => send([input], { runId: row.runId }));
      },
      stop: async (row) => {
        const key = row.runId || row.id;
        chat.become({ stopping: new Set([...chat.state().stopping, key]) });
        try {
          await (row.runId ? session.cancel(row.runId) : runs.get(row.id)?.cancel());
        } catch (error) {
          chat.notify(`Stopping did not go through: ${said(error)}. Try again when the page is connected.`);
        } finally {
          chat.become({ stopping: new Set([...chat.state().stopping].filter((each) => each !== key)) });
        }
      },
      wake: (row) => {
        const event = wire.eventOf.get(row);
        if (event) outbox.add('', { kind: 'wake', event });
      },
      loadOlder: () => void loadOlder(),
    };
  }, [chat, session, send, regenerate, loadOlder, wire, outbox, runs, asked]);
}
