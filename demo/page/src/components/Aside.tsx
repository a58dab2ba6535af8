import { useEffect, useRef } from 'react';
import { useChat, useHere } from '../context';
import type { Member } from '../hooks/usePresence';
import { Avatar } from './Avatar';
import { Board } from './Board';
import { Icon } from './Icon';
import { Ideas } from './Ideas';
import { Name } from './Name';

export function Aside({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { facts } = useHere();
  const members = useChat((state) => state.presence.members);
  const connected = useChat((state) => state.link.state === 'connected');
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (open) box.current?.focus();
  }, [open]);
  return (
    <aside
      id="panel"
      ref={box}
      className={open ? 'aside open' : 'aside'}
      tabIndex={-1}
      aria-label="About this conversation"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <button type="button" className="quiet-button aside-close" onClick={onClose} aria-label="Close">
        <Icon name="close" />
      </button>
      <section>
        <h2>{connected ? 'Here now' : 'Here when the connection broke'}</h2>
        <ul className={connected ? 'members' : 'members past'} data-testid="presence">
          {members.map((member) => (
            <Present key={member.clientId} member={member} />
          ))}
        </ul>
        {members.length === 0 && <p className="muted">Nobody yet.</p>}
      </section>
      <Board />
      <Ideas />
      <p className="muted model">
        {facts.model.rehearsed
          ? 'The answers are rehearsed: no model and no key is needed to try this.'
          : `Answered by ${facts.model.name}.`}
      </p>
    </aside>
  );
}

function Present({ member }: { member: Member }) {
  const { me } = useHere();
  const mine = member.clientId === me.clientId;
  return (
    <li
      className="member"
      data-testid="presence-member"
      data-client-id={member.clientId}
      data-kind={member.kind}
      data-doing={member.doing}
    >
      <Avatar id={member.clientId} name={member.name} agent={member.kind === 'agent'} />
      <span className="member-words">
        {mine ? <Name /> : <span className="member-name">{member.name}</span>}
        <span className="member-doing">{detail(member, mine)}</span>
      </span>
    </li>
  );
}

function detail({ kind, doing, device, count }: Member, mine: boolean): string {
  if (kind === 'agent') return doing || 'idle';
  const where = count > 1 ? `${count} windows` : device ? `on a ${device}` : 'here';
  return mine ? `you, ${where}` : where;
}
