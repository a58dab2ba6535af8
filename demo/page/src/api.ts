// The host's HTTP API: what a session is, tokens for it, and waking the agent.

export interface SessionFacts {
  readonly session: string;
  readonly channel: string;
  readonly realtimePort: number;
  readonly links: readonly string[];
  readonly model: { readonly name: string; readonly rehearsed: boolean };
}

export interface Invocation {
  readonly inputEventId: string;
  readonly sessionName: string;
}

/** The host answered and said no; asking again would not help. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

const PATIENCE_MS = 8_000;

async function ask<T>(path: string, init: RequestInit = {}, patience = PATIENCE_MS): Promise<T> {
  const response = await fetch(path, { cache: 'no-store', ...init, signal: AbortSignal.timeout(patience) });
  if (response.ok) return (await response.json()) as T;
  const said = await response
    .json()
    .then((body: { error?: { message?: string } }) => body.error?.message)
    .catch(() => undefined);
  const message = said ?? `the host answered ${response.status}`;
  throw response.status >= 400 && response.status < 500 ? new Refused(message) : new Error(message);
}

const post = <T>(path: string, body: unknown): Promise<T> =>
  ask<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export const fetchSession = (id: string): Promise<SessionFacts> => ask(`/api/session/${encodeURIComponent(id)}`);

export const fetchToken = (session: string, clientId: string): Promise<{ token: string }> =>
  post('/api/token', { session, clientId });

export const postRun = (session: string, invocation: Invocation): Promise<unknown> =>
  post('/api/run', { session, invocation });

/** The process ids of what keeps this going, for whoever wants to end them. */
export const fetchProcess = (which: 'server' | 'agent'): Promise<{ pid?: number }> => ask(`/api/${which}`);

/** Whether a server's address answers at all, by its clock. */
export const answers = (origin: string): Promise<boolean> =>
  fetch(`${origin}/time`, { cache: 'no-store', signal: AbortSignal.timeout(3_000) }).then(
    () => true,
    () => false,
  );

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Repeats until it works, is refused, or `forMs` are over; then the last failure is thrown. */
export async function insist<T>(work: () => Promise<T>, forMs: number): Promise<T> {
  const until = performance.now() + forMs;
  for (let wait = 250; ; wait = Math.min(wait * 2, 4_000)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused || performance.now() + wait > until) throw error;
      await pause(wait);
    }
  }
}
