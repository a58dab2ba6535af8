import { useState } from 'react';
import { useChat } from '../context';
import type { Row } from '../session/rows';
import { focusComposer } from './Composer';
import { Icon } from './Icon';

/** Asks everybody who is here; whoever answers first decides. */
export function Approval({ row, toolCallId }: { row: Row; toolCallId: string }) {
  const actions = useChat((state) => state.actions);
  const connected = useChat((state) => state.link.state === 'connected');
  const [sending, setSending] = useState<boolean>();
  const answer = async (approved: boolean) => {
    setSending(approved);
    await actions?.answer(row, toolCallId, approved);
    setSending(undefined);
    focusComposer();
  };
  const busy = sending !== undefined;
  return (
    <div className="approval" data-testid="approval" role="group" aria-label="Approval">
      {connected ? (
        <p>
          The agent waits for a yes or no. Anybody with this link may answer, from any device; it keeps waiting if this
          window closes.
        </p>
      ) : (
        <p>
          Somebody else may have answered meanwhile. You can answer when the connection is back.
        </p>
      )}
      <div className="approval-buttons">
        <button
          type="button"
          className="button primary"
          data-testid="approve"
          disabled={busy || !connected}
          onClick={() => void answer(true)}
        >
          <Icon name="check" />
          {sending === true ? 'Approving…' : 'Approve'}
        </button>
        <button type="button" className="button" data-testid="deny" disabled={busy || !connected} onClick={() => void answer(false)}>
          <Icon name="close" />
          {sending === false ? 'Denying…' : 'Deny'}
        </button>
      </div>
    </div>
  );
}
