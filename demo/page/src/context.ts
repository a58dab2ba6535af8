import { createContext, useContext, useSyncExternalStore } from 'react';
import type { SessionFacts } from './api';
import type { Identity } from './identity';
import type { Chat, ChatState } from './session/chat';
import type { Names } from './session/names';
import type { Outbox } from './session/outbox';

export interface Here {
  readonly facts: SessionFacts;
  readonly me: Identity;
  readonly rename: (name: string) => void;
  readonly chat: Chat;
  readonly outbox: Outbox;
  readonly names: Names;
}

const Context = createContext<Here | undefined>(undefined);

export const HereProvider = Context.Provider;

export function useHere(): Here {
  const here = useContext(Context);
  if (!here) throw new Error('used outside of the page');
  return here;
}

/** A part of the page's state; renders again when that part changes. */
export function useChat<T>(part: (state: ChatState) => T): T {
  const { chat } = useHere();
  return useSyncExternalStore(chat.watch, () => part(chat.state()));
}
