import { useChat } from '../context';

const STARTERS = [
  { title: 'A long answer', text: 'How can a conversation survive a broken line?' },
  { title: 'With a tool', text: 'What is the weather like in São Bento?' },
  { title: 'With your approval', text: 'Deploy checkout 1.4.0 to production.' },
];

export function Welcome({ ready }: { ready: boolean }) {
  const actions = useChat((state) => state.actions);
  return (
    <div className="welcome">
      <h2>
        A conversation that goes{'\u00a0'}on, whatever you do to{'\u00a0'}it
      </h2>
      <p>
        Ask something long. Then reload, close the window, lose the network, kill the server. The answer keeps being
        written and comes out whole, in every window.
      </p>
      <div className="starters">
        {STARTERS.map(({ title, text }) => (
          <button key={title} type="button" className="starter" disabled={!ready} onClick={() => actions?.send(text)}>
            <strong>{title}</strong>
            <span>{text}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
