// The state that the page shows. It outlives the sessions that fill it, so that starting a session
// over changes nothing on the screen but the words about the connection.
import { EMPTY_BOARD, type Board } from '../hooks/useBoard';
import type { Link } from '../hooks/useLink';
import type { Presence } from '../hooks/usePresence';
import type { Row } from './rows';

export interface Actions {
  send(text: string): void;
  steer(run: string, text: string): void;
  edit(row: string, text: string): void;
  regenerate(row: string): Promise<void>;
  answer(row: Row, toolCallId: string, approved: boolean): Promise<void>;
  /** Stops the run of this row, or the one that is about to start for it. */
  stop(row: Row): Promise<void>;
  /** Wakes the agent once more for the input behind this row. */
  wake(row: string): void;
  loadOlder(): void;
}

export interface Notice {
  readonly id: string;
  readonly text: string;
}

export interface ChatState {
  readonly rows: readonly Row[];
  /** The first page of history has been there at least once. */
  readonly ready: boolean;
  /** The session that fills this has read its history. */
  readonly hydrated: boolean;
  /** The rows are what the channel says now. */
  readonly live: boolean;
  readonly hasOlder: boolean;
  readonly loading: boolean;
  readonly presence: Presence;
  readonly board: Board;
  readonly link: Link;
  /** Rows whose run this window has asked for and which has not started. */
  readonly asked: ReadonlySet<string>;
  /** Runs this window has asked to stop and does not know to have heard of it, or the rows that wait for one. */
  readonly stopping: ReadonlySet<string>;
  readonly actions: Actions | undefined;
  readonly notices: readonly Notice[];
}

const NOTICES = 4;

export class Chat {
  #state: ChatState = {
    rows: [],
    ready: false,
    hydrated: false,
    live: false,
    hasOlder: false,
    loading: false,
    presence: { members: [], claimed: new Set(), synced: false },
    board: EMPTY_BOARD,
    link: { state: 'connecting', since: Date.now(), online: true, answering: undefined },
    asked: new Set(),
    stopping: new Set(),
    actions: undefined,
    notices: [],
  };
  readonly #watchers = new Set<() => void>();

  readonly state = (): ChatState => this.#state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  become(change: Partial<ChatState>): void {
    this.#state = { ...this.#state, ...change };
    for (const watcher of this.#watchers) watcher();
  }

  readonly notify = (text: string): void => {
    const others = this.#state.notices.filter((notice) => notice.text !== text);
    this.become({ notices: [...others, { id: crypto.randomUUID(), text }].slice(-NOTICES) });
  };

  readonly dismiss = (id: string): void =>
    this.become({ notices: this.#state.notices.filter((notice) => notice.id !== id) });
}
