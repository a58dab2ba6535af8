import { useEffect, useMemo, useState } from 'react';
import { fetchSession, pause, Refused, type SessionFacts } from '../api';
import { HereProvider } from '../context';
import { keepName, whoAmI } from '../identity';
import { Chat } from '../session/chat';
import { said } from '../session/delivery';
import { Lives } from '../session/lives';
import { Names } from '../session/names';
import { Outbox } from '../session/outbox';
import { connect } from '../session/realtime';
import { SessionHost } from '../session/SessionHost';
import { Page } from './Page';

const RETRY_MS = 1_500;

export function App({ session }: { session: string }) {
  const { facts, problem } = useFacts(session);
  if (facts) return <Ready facts={facts} />;
  return (
    <div className="loading" role="status">
      <span className="loading-mark" aria-hidden="true" />
      <p>{problem ?? 'Opening the conversation…'}</p>
    </div>
  );
}

function Ready({ facts }: { facts: SessionFacts }) {
  const [me, setMe] = useState(() => whoAmI(new URLSearchParams(location.search)));
  const [chat] = useState(() => new Chat());
  const [outbox] = useState(() => new Outbox(facts.session));
  const [names] = useState(() => new Names(facts.session));
  const [lives] = useState(() => new Lives(() => connect(facts, me)));
  const here = useMemo(() => {
    const rename = (name: string) => {
      keepName(name);
      setMe((before) => ({ ...before, name }));
    };
    return { facts, me, rename, chat, outbox, names };
  }, [facts, me, chat, outbox, names]);
  return (
    <HereProvider value={here}>
      <SessionHost facts={facts} me={me} chat={chat} outbox={outbox} names={names} lives={lives} />
      <Page />
    </HereProvider>
  );
}

/** Asks the host what this session is until it says so. */
function useFacts(session: string) {
  const [facts, setFacts] = useState<SessionFacts>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let stopped = false;
    const ask = async () => {
      while (!stopped) {
        try {
          const now = await fetchSession(session);
          return stopped ? undefined : setFacts(now);
        } catch (error) {
          if (stopped) return;
          setProblem(
            error instanceof Refused
              ? `This address leads nowhere: ${said(error)}.`
              : 'The demo does not answer yet. Trying again…',
          );
          if (error instanceof Refused) return;
          await pause(RETRY_MS);
        }
      }
    };
    void ask();
    return () => void (stopped = true);
  }, [session]);
  return { facts, problem };
}
