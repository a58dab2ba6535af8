// The wire format of this conversation, and the SDK's hooks bound to its types.
import { createSessionHooks, type ViewHandle } from '@ably/ai-transport/react';
import {
  createUIMessageCodec,
  type VercelInput,
  type VercelOutput,
  type VercelProjection,
} from '@ably/ai-transport/vercel';
import type { ClientSession } from '@ably/ai-transport';
import type { UIMessage } from 'ai';

export const codec = createUIMessageCodec();

export const { ClientSessionProvider, useClientSession, useView, useTree } = createSessionHooks<
  VercelInput,
  VercelOutput,
  VercelProjection,
  UIMessage
>();

export type Session = ClientSession<VercelInput, VercelOutput, VercelProjection, UIMessage>;
export type ConversationView = ViewHandle<VercelInput, UIMessage>;
export type { UIMessage };

/** Wire messages per history page. A run that a page boundary cuts in two is read wrongly by the SDK. */
export const HISTORY_PAGE = 1_000;

export const userMessage = (id: string, text: string): VercelInput =>
  codec.createUserMessage({ id, role: 'user', parts: [{ type: 'text', text }] });
