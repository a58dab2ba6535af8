import { useEffect, useRef } from 'react';
import { useChat, useHere } from '../context';
import type { Member } from '../hooks/usePresence';
import { Avatar } from './Avatar';
import { Icon } from './Icon';
import { Name } from './Name';

const IDEAS = [
  'Reload this page in the middle of an answer.',
  'Open the link on a phone and stop the answer from there.',
  'Turn the network off, wait, and turn it on again.',
  'Close every window. The answer is there when you come back.',
  'Kill the server: pkill -9 java. It is started again.',
  'Kill the agent in the middle of a sentence.',
];

export function Aside({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { facts } = useHere();
  const members = useChat((state) => state.presence.members);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (open) box.current?.focus();
  }, [open]);
  return (
    <aside id="panel" ref={box} className={open ? 'aside open' : 'aside'} tabIndex={-1} aria-label="About this conversation" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <button type="button" className="quiet-button aside-close" onClick={onClose} aria-label="Close">
        <Icon name="close" />
      </button>
      <section>
        <h2>Here now</h2>
        <ul className="members" data-testid="presence">
          {members.map((member) => (
            <Present key={member.clientId} member={member} />
          ))}
        </ul>
        {members.length === 0 && <p className="muted">Nobody yet.</p>}
      </section>
      <section>
        <h2>Try to break it</h2>
        <ul className="ideas">
          {IDEAS.map((idea) => (
            <li key={idea}>{idea}</li>
          ))}
        </ul>
      </section>
      <p className="muted model">
        {facts.model.rehearsed ? 'The answers are rehearsed: no model and no key is needed to try this.' : `Answered by ${facts.model.name}.`}
      </p>
    </aside>
  );
}

function Present({ member }: { member: Member }) {
  const { me } = useHere();
  const mine = member.clientId === me.clientId;
  return (
    <li className="member" data-testid="presence-member" data-client-id={member.clientId} data-kind={member.kind} data-doing={member.doing}>
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
