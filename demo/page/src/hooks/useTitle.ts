import { useEffect } from 'react';
import { useChat } from '../context';
import { textOf } from '../session/rows';

const SHOWN = 48;

/** The tab is called after what was asked first, and marked while something is written. */
export function useTitle(): void {
  const question = useChat((state) => {
    const first = state.rows.find((row) => row.role === 'user');
    return first ? textOf(first.message).trim().slice(0, SHOWN) : '';
  });
  const busy = useChat((state) => state.rows.some((row) => row.status === 'active'));
  useEffect(() => {
    document.title = `${busy ? '… ' : ''}${question ? `${question} · ` : ''}Holdfast`;
  }, [question, busy]);
}
