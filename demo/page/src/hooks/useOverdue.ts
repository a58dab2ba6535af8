import { useEffect, useRef, useState } from 'react';

const TICK_MS = 500;

/**
 * Which of `keys` have been there for `afterMs` of watched time. Time that the page slept through,
 * or in which `watching` is false, counts for nothing: it saw neither the trouble nor its end.
 */
export function useOverdue(keys: readonly string[], watching: boolean, afterMs: number): ReadonlySet<string> {
  const ages = useRef(new Map<string, number>());
  const [overdue, setOverdue] = useState<ReadonlySet<string>>(new Set());
  const joined = keys.join('\n');

  useEffect(() => {
    const present = joined === '' ? [] : joined.split('\n');
    const known = ages.current;
    for (const key of [...known.keys()]) if (!present.includes(key)) known.delete(key);
    for (const key of present) if (!known.has(key)) known.set(key, 0);
    const settle = () => {
      const late = present.filter((key) => (known.get(key) ?? 0) >= afterMs);
      setOverdue((before) => (same(before, late) ? before : new Set(late)));
      return late.length === present.length;
    };
    if (!watching) for (const key of present) if ((known.get(key) ?? 0) < afterMs) known.set(key, 0);
    if (settle() || !watching) return;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const passed = Math.min(now - last, TICK_MS * 2);
      last = now;
      for (const key of present) known.set(key, (known.get(key) ?? 0) + passed);
      if (settle()) clearInterval(timer);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [joined, watching, afterMs]);

  return overdue;
}

const same = (before: ReadonlySet<string>, now: readonly string[]): boolean =>
  before.size === now.length && now.every((key) => before.has(key));
