import { useEffect, useMemo, useState } from 'react';
import type * as Ably from 'ably';
import type { Session } from '../session/codec';
import type { Identity } from '../identity';

export interface Member {
  readonly clientId: string;
  readonly kind: 'person' | 'agent';
  readonly name: string;
  readonly device: string;
  readonly doing: string;
  /** When its newest word about itself was said, by the server's clock. */
  readonly since: number;
  /** How many windows or processes this one is here with. */
  readonly count: number;
}

export interface Presence {
  readonly members: readonly Member[];
  /** Every run that some agent here says it has in hand. */
  readonly claimed: ReadonlySet<string>;
  /** False until the server has said who is here. */
  readonly synced: boolean;
}

interface Said {
  readonly kind?: string;
  readonly name?: string;
  readonly device?: string;
  readonly doing?: string;
  readonly runs?: readonly string[];
}

const said = (message: Ably.PresenceMessage): Said => (message.data ?? {}) as Said;

function membersOf(messages: readonly Ably.PresenceMessage[]): readonly Member[] {
  const newest = new Map<string, Member>();
  for (const message of [...messages].sort((a, b) => a.timestamp - b.timestamp)) {
    const { kind, name, device, doing } = said(message);
    const before = newest.get(message.clientId);
    newest.set(message.clientId, {
      clientId: message.clientId,
      kind: kind === 'agent' ? 'agent' : 'person',
      name: name ?? message.clientId,
      device: device ?? '',
      doing: doing ?? '',
      since: message.timestamp,
      count: (before?.count ?? 0) + 1,
    });
  }
  return [...newest.values()].sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name));
}

/** Enters this window and keeps the list of who else is here. */
export function usePresence(session: Session, channel: Ably.RealtimeChannel, me: Identity): Presence {
  const [messages, setMessages] = useState<readonly Ably.PresenceMessage[]>([]);
  const [synced, setSynced] = useState(false);

  useEffect(() => {
    const { presence } = session;
    let stopped = false;
    const read = async () => {
      const now = await presence.get({ waitForSync: false }).catch(() => undefined);
      if (stopped || !now) return;
      setMessages(now);
      setSynced(presence.syncComplete);
    };
    const attached = () => {
      void presence.get().then(read, () => {});
    };
    const detached = () => setSynced(false);
    const heard = () => void read();
    void presence.subscribe(heard).catch(() => {});
    channel.on('attached', attached);
    channel.on(['suspended', 'detached', 'failed'], detached);
    if (channel.state === 'attached') attached();
    return () => {
      stopped = true;
      channel.off(attached);
      channel.off(detached);
      presence.unsubscribe(heard);
    };
  }, [session, channel]);

  useEffect(() => {
    const { name, device } = me;
    const enter = () => void session.presence.enter({ kind: 'person', name, device }).catch(() => {});
    // The SDK enters again by itself after every later attach.
    if (channel.state === 'attached') enter();
    else channel.once('attached', enter);
    return () => channel.off(enter);
  }, [session, channel, me]);

  return useMemo(() => {
    const agents = messages.filter((message) => said(message).kind === 'agent');
    return {
      members: membersOf(messages),
      claimed: new Set(agents.flatMap((message) => said(message).runs ?? [])),
      synced,
    };
  }, [messages, synced]);
}
