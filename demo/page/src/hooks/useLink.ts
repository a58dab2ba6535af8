import { useEffect, useState } from 'react';
import type * as Ably from 'ably';
import { answers } from '../api';

export type LinkState = 'connecting' | 'connected' | 'disconnected' | 'suspended' | 'failed' | 'closed' | 'lost';

/** How this window stands with the server. */
export interface Link {
  readonly state: LinkState;
  /** When the state of being connected ended, by `Date.now()`. */
  readonly since: number;
  /** What the browser says of its own network. */
  readonly online: boolean;
  /** Whether the server answered when asked; undefined until it was. */
  readonly answering: boolean | undefined;
}

const SETTLING_MS = 20;
const PROBE_AFTER_MS = 2_000;
const PROBE_EVERY_MS = 5_000;

/** How the session on a connection stands. */
export interface Standing {
  readonly wasConnected: boolean;
  readonly ending: boolean;
  /** This session has read its history. */
  readonly hydrated: boolean;
  /** And its channel is attached. */
  readonly live: boolean;
}

/** `connecting` after a first connection is a reconnection like any other. */
export function linkState(state: Ably.ConnectionState, { wasConnected, ending, hydrated, live }: Standing): LinkState {
  switch (state) {
    case 'connected':
      if (live && !ending) return 'connected';
      if (!wasConnected) return 'connecting';
      return ending || !hydrated ? 'lost' : 'disconnected';
    case 'initialized':
    case 'connecting':
      return wasConnected ? 'disconnected' : 'connecting';
    case 'closing':
      return 'closed';
    default:
      return state;
  }
}

export function useConnectionState(client: Ably.Realtime): Ably.ConnectionState {
  const [state, setState] = useState(client.connection.state);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const read = () => setState(client.connection.state);
    const changed = () => {
      clearTimeout(timer);
      // A connection says that it is there before its channel says that it has yet to attach again.
      if (client.connection.state === 'connected') timer = setTimeout(read, SETTLING_MS);
      else read();
    };
    client.connection.on(changed);
    read();
    return () => {
      clearTimeout(timer);
      client.connection.off(changed);
    };
  }, [client]);
  return state;
}

export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const changed = () => setOnline(navigator.onLine);
    addEventListener('online', changed);
    addEventListener('offline', changed);
    return () => {
      removeEventListener('online', changed);
      removeEventListener('offline', changed);
    };
  }, []);
  return online;
}

/** Asks the server's plain HTTP side while the connection is away, so that the words can be exact. */
export function useAnswering(origin: string, asking: boolean): boolean | undefined {
  const [answering, setAnswering] = useState<boolean>();
  useEffect(() => {
    if (!asking) return;
    let timer: ReturnType<typeof setTimeout>;
    let stopped = false;
    const ask = async () => {
      const heard = await answers(origin);
      if (stopped) return;
      setAnswering(heard);
      timer = setTimeout(() => void ask(), PROBE_EVERY_MS);
    };
    timer = setTimeout(() => void ask(), PROBE_AFTER_MS);
    return () => {
      stopped = true;
      clearTimeout(timer);
      setAnswering(undefined);
    };
  }, [origin, asking]);
  return answering;
}
