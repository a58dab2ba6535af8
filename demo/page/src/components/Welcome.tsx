import { useChat } from '../context';

const STARTERS = [
  { title: 'A long answer', text: 'Tell me how ships kept time at sea, in detail.' },
  { title: 'With a tool', text: 'What will the weather be at the harbour tomorrow?' },
  { title: 'With approval', text: 'Send the harbour office a message that we arrive at noon.' },
];

export function Welcome({ ready }: { ready: boolean }) {
  const actions = useChat((state) => state.actions);
  return (
    <div className="welcome">
      <h2>A conversation that goes on, whatever you do to it</h2>
      <p>Ask something long. Then reload, close the window, lose the network, kill the server. The answer keeps being written and comes out whole, in every window.</p>
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
