// The connection of this window to the Holdfast server.
import * as Ably from 'ably';
import { LiveObjects } from 'ably/liveobjects';
import { fetchToken, insist, Refused, type SessionFacts } from '../api';
import type { Identity } from '../identity';

/** Under the SDK's limit for a token callback, so that it hears our reason and not its own. */
const TOKEN_PATIENCE_MS = 9_000;

/** The SDK takes a bare name like `devbox` for one of Ably's own clusters unless it is given as a host. */
function address(host: string): Partial<Ably.ClientOptions> {
  const plain = host === 'localhost' || host.includes('.') || host.includes(':');
  return plain ? { endpoint: host } : { restHost: host, realtimeHost: host };
}

export function connect(facts: SessionFacts, who: Identity): Ably.Realtime {
  return new Ably.Realtime({
    ...address(location.hostname),
    port: facts.realtimePort,
    tls: false,
    fallbackHosts: [],
    transports: ['web_socket'],
    disableConnectivityCheck: true,
    disconnectedRetryTimeout: 1_500,
    suspendedRetryTimeout: 3_000,
    clientId: who.clientId,
    logLevel: 1,
    plugins: { LiveObjects },
    authCallback: (_params, done) => {
      insist(() => fetchToken(facts.session, who.clientId), TOKEN_PATIENCE_MS).then(
        ({ token }) => done(null, token),
        (error: unknown) => done(reason(error), null),
      );
    },
  });
}

/** 403 makes the SDK give up; anything else makes it try again. */
function reason(error: unknown): Ably.ErrorInfo {
  const said = error instanceof Error ? error.message : String(error);
  return error instanceof Refused
    ? new Ably.ErrorInfo(`no token: ${said}`, 40_300, 403)
    : new Ably.ErrorInfo(`no token: ${said}`, 50_003, 500);
}
