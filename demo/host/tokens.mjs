// Short-lived tokens for one session's channel: JWTs signed with the server's key.
import { createHmac } from 'node:crypto';

const LIVES_S = 10 * 60;
const RIGHTS = ['publish', 'subscribe', 'history', 'presence', 'object-subscribe', 'object-publish'];

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @param key the server's key as APP.ID:SECRET */
export function sessionToken(key, channel, clientId, now = Date.now()) {
  const [kid, secret] = key.split(/:(.*)/s);
  const issued = Math.floor(now / 1000);
  const claims = {
    iat: issued,
    exp: issued + LIVES_S,
    'x-ably-clientId': clientId,
    'x-ably-capability': JSON.stringify({ [channel]: RIGHTS }),
  };
  const signed = `${part({ typ: 'JWT', alg: 'HS256', kid })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
