import type { InboundMessage } from 'ably';

export interface Decision {
  readonly by: string;
  readonly approved: boolean;
}

export class Decisions {
  note(message: InboundMessage): void;
  first(call: string): Decision | undefined;
  settled<Part extends { readonly toolCallId: string }>(part: Part): Part;
}
