import './polyfill';
import './styles/tokens.css';
import './styles/layout.css';
import './styles/thread.css';
import './styles/parts.css';
import './styles/composer.css';
import './styles/board.css';
import './styles/panel.css';
import { createRoot } from 'react-dom/client';
import { App } from './components/App';

const root = document.getElementById('root');
const session = /^\/s\/([A-Za-z0-9._-]{1,64})$/.exec(location.pathname)?.[1];
// The host makes a new session for whoever comes without one.
if (!session) location.replace('/');
else if (root) createRoot(root).render(<App session={session} />);
