// A session that loses its thread (the server no longer knows this connection) cannot be repaired:
// it gets a new life, with a new connection that reads everything from history.
import type * as Ably from 'ably';

export interface Life {
  readonly generation: number;
  readonly client: Ably.Realtime;
  /** The session lost its thread and a new life begins as soon as the server can be reached. */
  readonly ending: boolean;
}

const RETRY_MS = { first: 1_000, most: 20_000 };

export class Lives {
  #now: Life;
  #failures = 0;
  readonly #watchers = new Set<() => void>();

  constructor(private readonly open: () => Ably.Realtime) {
    this.#now = { generation: 0, client: this.#begin(), ending: false };
  }

  readonly now = (): Life => this.#now;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Starts over at once when connected, else when the connection is back. */
  readonly startOver = (): void => {
    if (this.#now.ending) return;
    this.#become({ ...this.#now, ending: true });
    const { client } = this.#now;
    if (client.connection.state === 'connected') this.#replace(client);
    else client.connection.once('connected', () => this.#replace(client));
  };

  #begin(): Ably.Realtime {
    const client = this.open();
    client.connection.on('connected', () => (this.#failures = 0));
    // The SDK tries again by itself from every other state.
    client.connection.on(['failed', 'closed'], () => this.#replaceLater(client));
    return client;
  }

  #replaceLater(client: Ably.Realtime): void {
    if (client !== this.#now.client) return;
    const wait = Math.min(RETRY_MS.first * 2 ** this.#failures++, RETRY_MS.most);
    setTimeout(() => this.#replace(client), wait);
  }

  #replace(client: Ably.Realtime): void {
    if (client !== this.#now.client) return;
    this.#become({ generation: this.#now.generation + 1, client: this.#begin(), ending: false });
    // After the page has moved to the new one.
    setTimeout(() => client.close(), 0);
  }

  #become(life: Life): void {
    this.#now = life;
    for (const watcher of this.#watchers) watcher();
  }
}
