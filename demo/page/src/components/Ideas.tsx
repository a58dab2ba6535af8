import { useEffect, useState } from 'react';
import { fetchProcess } from '../api';
import { useChat } from '../context';

const IDEAS = [
  'Reload this page in the middle of an answer.',
  'Close every window. The answer is there when you come back.',
  'Open the link on a phone, and stop or steer the answer from there.',
  'Turn the network off for ten seconds, or for ten minutes.',
];

/** What to try, with the commands as they are right now: a process that was killed has a successor. */
export function Ideas() {
  const server = useProcess('server');
  const agent = useProcess('agent');
  return (
    <section>
      <h2>Try to break it</h2>
      <ul className="ideas">
        {IDEAS.map((idea) => (
          <li key={idea}>{idea}</li>
        ))}
        <li>
          Kill the server while an answer is written. <Kill pid={server} />
        </li>
        <li>
          Kill the agent. You are told, and asked whether to try again. <Kill pid={agent} />
        </li>
      </ul>
    </section>
  );
}

const Kill = ({ pid }: { pid: number | undefined }) =>
  pid === undefined ? null : <code className="command">kill -9 {pid}</code>;

function useProcess(which: 'server' | 'agent'): number | undefined {
  const [pid, setPid] = useState<number>();
  // Either of them going away changes one of these.
  const link = useChat((state) => state.link.state);
  const agents = useChat((state) => state.presence.members.find((member) => member.kind === 'agent')?.since ?? 0);
  useEffect(() => {
    let stopped = false;
    void fetchProcess(which).then(
      (found) => stopped || setPid(found.pid),
      () => stopped || setPid(undefined),
    );
    return () => void (stopped = true);
  }, [which, link, agents]);
  return pid;
}
