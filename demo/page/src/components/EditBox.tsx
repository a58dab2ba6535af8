import { useState } from 'react';
import { useGrowing } from '../hooks/useGrowing';

interface EditBoxProps {
  readonly text: string;
  readonly onSave: (text: string) => void;
  readonly onCancel: () => void;
}

export function EditBox({ text, onSave, onCancel }: EditBoxProps) {
  const [draft, setDraft] = useState(text);
  const box = useGrowing(draft);
  const changed = draft.trim() !== '' && draft !== text;
  return (
    <form
      className="edit-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) onSave(draft);
      }}
    >
      <textarea
        ref={box}
        autoFocus
        data-testid="edit-text"
        aria-label="New wording"
        rows={1}
        value={draft}
        onFocus={(event) => event.target.setSelectionRange(draft.length, draft.length)}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (changed) onSave(draft);
        }}
      />
      <div className="edit-tools">
        <span className="muted small-print">The first wording stays; you can go back to it.</span>
        <button type="button" className="button" data-testid="edit-cancel" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button primary" data-testid="edit-save" disabled={!changed}>
          Ask again
        </button>
      </div>
    </form>
  );
}
