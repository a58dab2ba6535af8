import { useState } from 'react';
import { useChat, useHere } from '../context';
import { useTitle } from '../hooks/useTitle';
import { Announcer } from './Announcer';
import { Aside } from './Aside';
import { BoardLine } from './Board';
import { Composer } from './Composer';
import { Header } from './Header';
import { Notices } from './Notices';
import { Share } from './Share';
import { Thread } from './Thread';

export function Page() {
  useTitle();
  const { facts, me } = useHere();
  const ready = useChat((state) => state.ready);
  const [sharing, setSharing] = useState(false);
  const [panel, setPanel] = useState(false);
  const closePanel = () => {
    setPanel(false);
    document.querySelector<HTMLElement>('.crowd')?.focus();
  };
  return (
    <div className="app" data-testid="app" data-session={facts.session} data-client-id={me.clientId} data-ready={ready}>
      <a className="skip" href="#composer-text">
        Skip to the message box
      </a>
      <Header onShare={() => setSharing(true)} panel={panel} onPanel={() => setPanel(!panel)} />
      <main className="main">
        <Thread />
        <div className="dock">
          <Notices />
          <BoardLine onOpen={() => setPanel(true)} />
          <Composer />
        </div>
      </main>
      <Aside open={panel} onClose={closePanel} />
      {sharing && <Share onClose={() => setSharing(false)} />}
      <Announcer />
    </div>
  );
}
