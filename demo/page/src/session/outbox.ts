// What a person has said and the conversation does not have yet. It survives a reload of the tab.
import { recallHere, rememberHere } from '../storage';

export type Purpose =
  | { readonly kind: 'message' }
  | { readonly kind: 'edit'; readonly of: string }
  | { readonly kind: 'steer'; readonly run: string }
  /** The input is in the conversation; the agent has still to hear of it. */
  | { readonly kind: 'wake'; readonly event: string };

export interface Entry {
  readonly id: string;
  readonly text: string;
  readonly purpose: Purpose;
  /** `stuck` waits for a person; `waiting` for a connection. */
  readonly stage: 'waiting' | 'sending' | 'stuck';
  readonly problem?: string;
}

export class Outbox {
  #entries: readonly Entry[];
  readonly #watchers = new Set<() => void>();

  constructor(private readonly session: string) {
    // Whatever was on its way when the page went is looked for, and sent if it is not there.
    this.#entries = read(session).map((entry) => ({ ...entry, stage: 'waiting' }));
  }

  readonly entries = (): readonly Entry[] => this.#entries;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  add(text: string, purpose: Purpose): Entry {
    const entry: Entry = { id: crypto.randomUUID(), text, purpose, stage: 'waiting' };
    this.#become([...this.#entries, entry]);
    return entry;
  }

  change(id: string, change: Partial<Omit<Entry, 'id'>>): void {
    this.#become(this.#entries.map((entry) => (entry.id === id ? { ...entry, ...change } : entry)));
  }

  remove(id: string): void {
    this.#become(this.#entries.filter((entry) => entry.id !== id));
  }

  #become(entries: readonly Entry[]): void {
    this.#entries = entries;
    rememberHere(`outbox:${this.session}`, entries.length === 0 ? null : JSON.stringify(entries));
    for (const watcher of this.#watchers) watcher();
  }
}

function read(session: string): readonly Entry[] {
  try {
    return JSON.parse(recallHere(`outbox:${session}`) ?? '[]') as readonly Entry[];
  } catch {
    return [];
  }
}
