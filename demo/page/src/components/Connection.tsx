import { useChat } from '../context';
import { useNow } from '../hooks/useNow';
import { linkAdvice, linkWords } from '../words';

export function Connection() {
  const link = useChat((state) => state.link);
  const away = link.state !== 'connected';
  const now = useNow(1_000, away);
  const advice = linkAdvice(link);
  return (
    <p className={advice ? 'pill advised' : 'pill'} data-testid="connection" data-state={link.state} data-online={link.online} title={advice}>
      <span className="pill-dot" aria-hidden="true" />
      <span className="pill-words">{linkWords(link, now)}</span>
      {advice && <span className="pill-advice">{advice}</span>}
    </p>
  );
}
