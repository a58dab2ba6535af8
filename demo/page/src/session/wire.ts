// What the channel says beside the messages: who wrote each, which event woke the agent for it,
// and which steering messages an answer has taken in.
import type * as Ably from 'ably';
import { getCodecHeaders, getTransportHeaders } from '@ably/ai-transport';
import { Decisions } from '../../../shared/decisions.mjs';

export class WireIndex {
  /** Which session this is of: what rows can do ends with theirs. */
  readonly id = crypto.randomUUID();
  /** Event id of the newest input that names this codec message: its own, or an answer to its approval. */
  readonly eventOf = new Map<string, string>();
  /** Event id by the page's own id of a message: tells whether something in doubt has arrived. */
  readonly eventOfSent = new Map<string, string>();
  readonly authorOf = new Map<string, string>();
  readonly decisions = new Decisions();
  readonly steersTaken = new Set<string>();

  readonly note = (message: Ably.InboundMessage): void => {
    this.decisions.note(message);
    const transport = getTransportHeaders(message);
    const steered = transport['steer-codec-message-ids'];
    if (steered) this.#take(steered);
    if (message.name !== 'ai-input') return;
    const id = transport['codec-message-id'];
    const event = transport['event-id'];
    if (!id || !event) return;
    this.eventOf.set(id, event);
    const target = transport['msg-regenerate'];
    if (target) this.eventOf.set(target, event);
    const codec = getCodecHeaders(message);
    if (codec['kind'] !== 'user-message') return;
    if (message.clientId) this.authorOf.set(id, message.clientId);
    if (codec['messageId']) this.eventOfSent.set(codec['messageId'], event);
  };

  #take(json: string): void {
    try {
      const ids: unknown = JSON.parse(json);
      if (Array.isArray(ids)) ids.forEach((id) => this.steersTaken.add(String(id)));
    } catch {
      // A stamp that cannot be read says nothing.
    }
  }
}
