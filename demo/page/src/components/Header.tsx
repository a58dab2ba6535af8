import { useChat } from '../context';
import { useTheme } from '../hooks/useTheme';
import { Avatar } from './Avatar';
import { Connection } from './Connection';
import { Icon } from './Icon';

interface HeaderProps {
  readonly onShare: () => void;
  readonly panel: boolean;
  readonly onPanel: () => void;
}

const SHOWN = 4;

export function Header({ onShare, panel, onPanel }: HeaderProps) {
  const members = useChat((state) => state.presence.members);
  const { dark, toggle } = useTheme();
  const people = members.filter((member) => member.kind === 'person').length;
  const agents = members.length - people;
  const label = `Who is here: ${people} ${people === 1 ? 'person' : 'people'}, ${agents} ${agents === 1 ? 'agent' : 'agents'}`;
  return (
    <header className="header">
      <h1 className="brand">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <span>Holdfast</span>
      </h1>
      <Connection />
      <div className="header-tools">
        <button
          type="button"
          className="crowd"
          aria-expanded={panel}
          aria-controls="panel"
          aria-label={label}
          title={label}
          onClick={onPanel}
        >
          {members.slice(0, SHOWN).map((member) => (
            <Avatar key={member.clientId} id={member.clientId} name={member.name} agent={member.kind === 'agent'} />
          ))}
          {members.length > SHOWN && (
            <span className="avatar more" data-initials={`+${members.length - SHOWN}`} aria-hidden="true" />
          )}
          {members.length === 0 && <Icon name="people" />}
        </button>
        <a className="quiet-button" href="/" aria-label="New conversation" title="New conversation">
          <Icon name="plus" />
        </a>
        <button
          type="button"
          className="quiet-button theme"
          onClick={toggle}
          aria-label={dark ? 'Use light colours' : 'Use dark colours'}
          title={dark ? 'Light' : 'Dark'}
        >
          <Icon name={dark ? 'light' : 'dark'} />
        </button>
        <button type="button" className="button share" data-testid="share" onClick={onShare} aria-haspopup="dialog">
          <Icon name="share" />
          <span>Share</span>
        </button>
      </div>
    </header>
  );
}
