import type * as Ably from 'ably';
import type { LiveMap, PathObject, Value } from 'ably/liveobjects';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { keys, progressIn, totalsIn, wishesIn, type Progress, type Totals, type Wishes } from '../../../shared/board.mjs';
import type { Identity } from '../identity';
import { said } from '../session/delivery';
import type { Session } from '../session/codec';

export interface Board {
  readonly wishes: Wishes;
  /** Every answer that some agent says it is writing. */
  readonly progress: readonly Progress[];
  readonly totals: Totals;
  /** Choices of this window that are on their way, by key. */
  readonly pending: ReadonlySet<string>;
  readonly choose: Choose | undefined;
}

/** A length or a tone by its id, a story on or off. */
export type Choose = (key: string, is: string | boolean) => void;

type Root = PathObject<LiveMap<Record<string, Value>>>;
type Values = Readonly<Record<string, unknown>>;

export const EMPTY_BOARD: Board = {
  wishes: wishesIn({}),
  progress: [],
  totals: totalsIn({}),
  pending: new Set(),
  choose: undefined,
};

/** What people and the agent share beside the messages, live, and this window's way to change it. */
export function useBoard(session: Session, attached: boolean, me: Identity, notify: (text: string) => void): Board {
  const { root, values } = useRoot(session, attached);
  const [pending, setPending] = useState<Values>({});

  const choose = useCallback<Choose>(
    (key, is) => {
      if (!root) return;
      const chosen = { is, by: me.clientId };
      setPending((before) => ({ ...before, [key]: chosen }));
      const change = is === false ? root.remove(key) : root.set(key, chosen);
      change
        .catch((error: unknown) => notify(`Your choice could not be told to the others: ${said(error)}.`))
        // What was chosen meanwhile is still on its way.
        .finally(() => setPending((before) => (before[key] === chosen ? without(before, key) : before)));
    },
    [root, me.clientId, notify],
  );

  return useMemo(() => {
    const now = { ...values, ...pending };
    return {
      wishes: wishesIn(now),
      progress: progressIn(now),
      totals: totalsIn(now),
      pending: new Set(Object.keys(pending)),
      choose: root && choose,
    };
  }, [values, pending, root, choose]);
}

/** Everything that stands under the channel's root, again after every change. */
function useRoot(session: Session, attached: boolean): { root: Root | undefined; values: Values } {
  const [root, setRoot] = useState<Root>();
  const [values, setValues] = useState<Values>({});
  useEffect(() => {
    if (!attached) return;
    let stopped = false;
    let leave = () => {};
    const { object } = session;
    void object.get<Record<string, Value>>().then(
      (found) => {
        if (stopped) return;
        const read = () => setValues((found.compactJson() ?? {}) as Values);
        const { unsubscribe } = found.subscribe(read);
        const synced = object.on('synced', read);
        leave = () => {
          unsubscribe();
          synced.off();
        };
        setRoot(found);
        read();
      },
      // The next attach tries again; until then the page is as it would be without.
      (error: Ably.ErrorInfo) => console.warn(`no shared objects: ${error.message}`),
    );
    return () => {
      stopped = true;
      leave();
    };
  }, [session, attached]);
  return { root, values };
}

function without(values: Values, key: string): Values {
  const { [key]: _, ...rest } = values;
  return rest;
}

export { keys };
