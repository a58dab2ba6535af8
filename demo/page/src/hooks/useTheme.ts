import { useEffect, useState, useSyncExternalStore } from 'react';
import { recall, remember } from '../storage';

const system = matchMedia('(prefers-color-scheme: dark)');
const watch = (changed: () => void) => {
  system.addEventListener('change', changed);
  return () => system.removeEventListener('change', changed);
};

/** The system's colours, until somebody chooses; choosing the system's again forgets the choice. */
export function useTheme() {
  const systemDark = useSyncExternalStore(watch, () => system.matches);
  const [chosen, setChosen] = useState(() => recall('theme'));
  const dark = chosen ? chosen === 'dark' : systemDark;

  useEffect(() => {
    if (chosen) document.documentElement.dataset['theme'] = chosen;
    else delete document.documentElement.dataset['theme'];
    remember('theme', chosen);
  }, [chosen]);

  return { dark, toggle: () => setChosen(dark === systemDark ? (dark ? 'light' : 'dark') : null) };
}
