import { useId, useState } from 'react';
import { Icon } from './Icon';

/** What the agent thinks: open while it does, folded once it speaks, unless a person says otherwise. */
export function Reasoning({ source, thinking }: { source: string; thinking: boolean }) {
  const [chosen, setChosen] = useState<boolean>();
  const id = useId();
  const open = chosen ?? thinking;
  return (
    <div className={open ? 'reasoning open' : 'reasoning'} data-testid="reasoning" data-open={open}>
      <button
        type="button"
        className="reasoning-toggle"
        data-testid="reasoning-toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setChosen(!open)}
      >
        <span className={thinking ? 'shimmer' : ''}>Thoughts</span>
        <Icon name="chevron" />
      </button>
      <div id={id} className="reasoning-body" hidden={!open}>
        <p className="plain" data-testid="reasoning-text" data-source={source}>
          {source}
        </p>
      </div>
    </div>
  );
}
