// The server or the agent is killed in the middle of it.
import { killsAreSurvived } from './lib/kills.mjs';

killsAreSurvived('When a process is killed');
