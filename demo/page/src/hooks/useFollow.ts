import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

const NEAR_PX = 80;

/** Keeps a scroller at its end while the reader is there, and its place when something is put above. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  firstId: string | undefined,
) {
  const empty = firstId === undefined;
  const following = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = useCallback(
    (smooth = false) => {
      const box = scroller.current;
      if (!box) return;
      const calm = smooth && !matchMedia('(prefers-reduced-motion: reduce)').matches;
      following.current = true;
      setAway(false);
      box.scrollTo({ top: box.scrollHeight, behavior: calm ? 'smooth' : 'instant' });
    },
    [scroller],
  );

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner || empty) return;
    let height = box.scrollHeight;
    const scrolled = () => {
      // What grows moves the end away without the reader having moved.
      if (box.scrollHeight !== height) return;
      const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      following.current = near;
      setAway(!near);
    };
    const sizes = new ResizeObserver(() => {
      height = box.scrollHeight;
      if (following.current) box.scrollTop = box.scrollHeight;
    });
    sizes.observe(inner);
    sizes.observe(box);
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      sizes.disconnect();
      box.removeEventListener('scroll', scrolled);
    };
  }, [scroller, content, empty]);

  const before = useRef({ firstId, height: 0 });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const { firstId: was, height } = before.current;
    if (was !== undefined && firstId !== was && !following.current) box.scrollTop += box.scrollHeight - height;
    before.current = { firstId, height: box.scrollHeight };
  });

  return { away, toEnd };
}
