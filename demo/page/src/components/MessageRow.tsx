import { memo, useState } from 'react';
import { useChat, useHere } from '../context';
import type { Row } from '../session/rows';
import { textOf } from '../session/rows';
import { AssistantBody } from './AssistantBody';
import { Avatar } from './Avatar';
import { Branches } from './Branches';
import { EditBox } from './EditBox';
import { focusComposer } from './Composer';
import { Icon } from './Icon';
import { RowEnd } from './RowEnd';

interface MessageRowProps {
  readonly row: Row;
  /** The last visible row of its run: where the run's state is told. */
  readonly tail: boolean;
  readonly last: boolean;
}

export const MessageRow = memo(
  function MessageRow({ row, tail, last }: MessageRowProps) {
    const user = row.role === 'user';
    return (
      <article
        className={`message ${row.role}${row.steer ? ' steering' : ''}`}
        data-testid="message"
        data-role={row.role}
        data-message-id={row.id}
        data-run-id={row.runId}
        data-status={row.status}
        data-steer={row.steer}
        aria-label={user ? 'Question' : 'Answer'}
      >
        {user ? <UserBody row={row} /> : <AssistantBody row={row} tail={tail} last={last} />}
        {tail && <RowEnd row={row} last={last} />}
      </article>
    );
  },
  (before, now) =>
    before.row.id === now.row.id &&
    before.row.version === now.row.version &&
    before.tail === now.tail &&
    before.last === now.last,
);

const STEERING = {
  pending: 'Steering: the agent reads this at its next step',
  consumed: 'Steering, taken in by the agent',
  missed: 'Steering that came too late',
  '': '',
} as const;

function UserBody({ row }: { row: Row }) {
  const { me } = useHere();
  const [editing, setEditing] = useState(false);
  const actions = useChat((state) => state.actions);
  const text = textOf(row.message);
  if (editing) {
    const done = () => {
      setEditing(false);
      focusComposer();
    };
    const save = (changed: string) => {
      actions?.edit(row.id, changed);
      done();
    };
    return <EditBox text={text} onSave={save} onCancel={done} />;
  }
  return (
    <>
      <Author row={row} />
      <div className="bubble-line">
        {!row.steer && (
          <button
            type="button"
            className="quiet-button on-demand"
            data-testid="edit"
            onClick={() => setEditing(true)}
            aria-label="Edit this message"
            title="Edit"
          >
            <Icon name="edit" />
          </button>
        )}
        <div className={row.author === '' || row.author === me.clientId ? 'bubble' : 'bubble other'}>
          <p className="plain" data-testid="message-text" data-source={text}>
            {text}
          </p>
        </div>
      </div>
      {row.steer && <p className="steer-note">{STEERING[row.steer]}</p>}
      {row.steer === 'missed' && (
        <button type="button" className="button small" onClick={() => actions?.send(text)}>
          Send it as a message
        </button>
      )}
      <Branches branch={row.branch} what="wording" />
    </>
  );
}

/** Whose message it is, when it is not mine. */
function Author({ row }: { row: Row }) {
  const { me, names } = useHere();
  // Somebody may take another name while here.
  useChat((state) => state.presence.members);
  if (row.author === '' || row.author === me.clientId) return null;
  return (
    <p className="author">
      <Avatar id={row.author} name={names.of(row.author)} />
      {names.of(row.author)}
    </p>
  );
}
