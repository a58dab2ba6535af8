// The sentences the page says about states.
import type { Progress, Totals } from '../../shared/board.mjs';
import type { Link } from './hooks/useLink';
import type { Row } from './session/rows';

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The pill: short enough for a phone. */
export function linkWords({ state, since, online, answering }: Link, now: number): string {
  const away = now - since < 1_000 ? '' : ` for ${duration(now - since)}`;
  switch (state) {
    case 'connected':
      return 'Connected';
    case 'connecting':
      if (!online) return 'Offline';
      return answering === false ? 'Server unreachable' : 'Connecting…';
    case 'disconnected':
    case 'suspended':
      if (!online) return `Offline${away}`;
      return answering === false ? `Server unreachable${away}` : `Reconnecting${away || '…'}`;
    case 'lost':
      return 'Catching up…';
    case 'failed':
    case 'closed':
      return 'Connection refused, trying again';
  }
}

/** One sentence more, for whoever wonders what that means for them. */
export function linkAdvice({ state, online, answering }: Link): string {
  if (state === 'connected') return '';
  if (state === 'lost')
    return 'You were away too long to resume, so the conversation is being read again from the beginning.';
  if (!online) return 'This device has no network. The answer goes on without you and will be here when you are back.';
  if (answering === false) return 'The server does not answer. Nothing is lost; this page keeps trying.';
  if (state === 'connecting') return '';
  if (answering) return 'The server answers; the connection is being made again.';
  return 'The answer goes on without you and will be here when you are back.';
}

export const STOPPING = 'Will be stopped when the connection is back';

/** What this window knows about a run beside its row. */
export interface Around {
  readonly doing: string;
  readonly connected: boolean;
  /** No agent that is here has it in hand. */
  readonly forsaken: boolean;
  /** This window has asked to stop it. */
  readonly stopping: boolean;
}

/** What there is to say about a row's run; '' when nothing. */
export function runWords(row: Row, { doing, connected, forsaken, stopping }: Around): string {
  switch (row.status) {
    case 'active':
      if (!connected) return stopping ? STOPPING : 'Was being written when the connection broke';
      return forsaken ? 'No agent is writing this right now; waiting to see whether it comes back' : doingWords(doing);
    case 'suspended':
      if (!connected) return 'Was waiting for approval when the connection broke';
      return row.unheard ? '' : 'Waiting for approval. Nothing runs meanwhile.';
    case 'cancelled':
      return 'Stopped. What was written stays.';
    case 'error':
      return `This answer failed: ${row.error.replace(/^unable to complete run; /, '') || 'the agent gave no reason.'}`;
    case 'complete':
    case 'gone':
    case '':
      return '';
  }
}

export function doingWords(doing: string): string {
  switch (doing) {
    case 'thinking':
      return 'Thinking…';
    case 'writing':
      return 'Writing…';
    case 'calling a tool':
      return 'Using a tool…';
    default:
      return 'Starting…';
  }
}

/** What an agent does that shows no answer being written. */
export function restWords(doing: string): string {
  switch (doing) {
    case '':
      return 'Not here.';
    case 'idle':
      return 'Has nothing to do.';
    case 'waiting for approval':
      return 'Waits for an approval.';
    default:
      return doingWords(doing);
  }
}

/** How much of an answer there is. */
export function progressWords({ words, wanted }: Progress): string {
  if (words === 0) return wanted > 0 ? `about ${wanted} words to come` : '';
  return wanted > words ? `${words} of about ${wanted} words` : `${words} words`;
}

/** The same, short enough for a phone. */
export function progressLine(progress: Progress): string {
  const { doing, words, wanted } = progress;
  if (words === 0) return doingWords(doing);
  return `${doingWords(doing)} ${wanted > words ? `${words}/${wanted}` : words} words`;
}

export function totalWords({ answers, words }: Totals): string {
  if (answers === 0) return 'No answer in this conversation so far.';
  const said = `${words.toLocaleString('en')} words so far`;
  return answers === 1 ? `One answer, ${said}.` : `${answers} answers, ${said}.`;
}

/** `send_harbour_notice` and `sendHarbourNotice` as "Send harbour notice". */
export function toolTitle(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const initials = (name: string): string =>
  name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('') || '?';

/** A hue that is always the same for the same id. */
export function hue(id: string): number {
  let sum = 7;
  for (const unit of id) sum = (sum * 31 + (unit.codePointAt(0) ?? 0)) % 3600;
  return sum % 360;
}
