import { useState } from 'react';
import { useHere } from '../context';
import { Icon } from './Icon';

/** My own name, which I may change. */
export function Name() {
  const { me, rename } = useHere();
  const [draft, setDraft] = useState<string>();
  if (draft === undefined) {
    return (
      <span className="member-name">
        {me.name}
        <button
          type="button"
          className="quiet-button tiny"
          aria-label="Change your name"
          title="Change your name"
          onClick={() => setDraft(me.name)}
        >
          <Icon name="edit" />
        </button>
      </span>
    );
  }
  const keep = () => {
    const name = draft.trim().slice(0, 40);
    if (name) rename(name);
    setDraft(undefined);
  };
  return (
    <form
      className="member-name"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <input
        autoFocus
        className="name-input"
        aria-label="Your name"
        maxLength={40}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          setDraft(undefined);
        }}
      />
    </form>
  );
}
