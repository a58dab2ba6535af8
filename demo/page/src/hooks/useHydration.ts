import { useEffect, useRef, useState } from 'react';
import type * as Ably from 'ably';
import type { ConversationView } from '../session/codec';

const RETRY_MS = 1_000;

export function useChannelState(channel: Ably.RealtimeChannel): Ably.ChannelState {
  const [state, setState] = useState(channel.state);
  useEffect(() => {
    const changed = () => setState(channel.state);
    channel.on(changed);
    changed();
    return () => channel.off(changed);
  }, [channel]);
  return state;
}

/** Whether the first page of history is there; asks for it again while it is not. */
export function useHydration({ loading, loadError, loadOlder }: ConversationView, attached: boolean): boolean {
  const [hydrated, setHydrated] = useState(false);
  const began = useRef(false);

  useEffect(() => {
    if (loading) began.current = true;
    else if (began.current && !loadError) setHydrated(true);
  }, [loading, loadError]);

  useEffect(() => {
    if (hydrated || loading || !loadError || !attached) return;
    const timer = setTimeout(() => void loadOlder(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [hydrated, loading, loadError, loadOlder, attached]);

  return hydrated;
}
