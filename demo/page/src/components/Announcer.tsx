import { useEffect, useRef, useState } from 'react';
import { useChat } from '../context';
import { textOf } from '../session/rows';

/** Says to a screen reader when an answer begins, asks for something, and is done: not every token. */
export function Announcer() {
  const last = useChat((state) => state.rows.at(-1));
  const link = useChat((state) => state.link.state);
  const [words, setWords] = useState('');
  const before = useRef('');
  const state = last ? `${last.runId}:${last.status}` : '';

  useEffect(() => {
    const was = before.current;
    before.current = state;
    if (!last || !was || was === state) return;
    if (last.status === 'active') setWords('An answer is being written.');
    if (last.status === 'suspended') setWords('The agent asks for approval.');
    if (last.status === 'complete') setWords(`Answer: ${textOf(last.message)}`);
    if (last.status === 'cancelled') setWords('The answer was stopped.');
    if (last.status === 'error') setWords(`The answer failed. ${last.error}`);
    if (last.status === 'gone') setWords('The agent of this answer is gone. You can try again.');
  }, [state, last]);

  const away = useRef(false);
  useEffect(() => {
    if (link === 'disconnected' || link === 'suspended') {
      away.current = true;
      setWords('The connection is interrupted. Reconnecting.');
    }
    if (link === 'connected' && away.current) {
      away.current = false;
      setWords('The connection is back.');
    }
  }, [link]);

  return (
    <div className="sr-only" aria-live="polite">
      {words}
    </div>
  );
}
