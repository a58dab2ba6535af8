import { useEffect, useRef, useSyncExternalStore } from 'react';
import { deliver, type Route } from '../session/delivery';

/** Delivers what waits in the outbox, in order, as long as the session is `live`. */
export function useDelivery(route: Route, live: boolean): void {
  const { outbox } = route;
  const entries = useSyncExternalStore(outbox.watch, outbox.entries);
  const latest = useRef(route);
  latest.current = route;
  const line = useRef(Promise.resolve());
  const next = entries.find((entry) => entry.stage === 'waiting');

  useEffect(() => {
    if (!live || !next) return;
    // Publishing keeps the order; waking the agent may take long and holds up nothing.
    line.current = line.current.then(() => {
      if (outbox.entries().find((entry) => entry.id === next.id)?.stage !== 'waiting') return;
      const delivery = deliver(next, latest.current);
      if (next.purpose.kind === 'wake') return;
      return published(outbox, next.id, delivery);
    });
  }, [live, next, outbox]);

  useEffect(
    () => () => {
      // The next session takes over what this one did not finish.
      for (const entry of outbox.entries())
        if (entry.stage === 'sending') outbox.change(entry.id, { stage: 'waiting' });
    },
    [outbox],
  );
}

/** Ends when the entry's text has reached the channel, or will not. */
function published(outbox: Route['outbox'], id: string, delivery: Promise<void>): Promise<void> {
  return new Promise((done) => {
    const look = () => {
      const entry = outbox.entries().find((each) => each.id === id);
      if (entry?.stage === 'sending' && entry.purpose.kind !== 'wake') return;
      stop();
      done();
    };
    const stop = outbox.watch(look);
    void delivery.finally(look);
  });
}
