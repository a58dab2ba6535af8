// HS256 tokens as an application server would make them.
import { createHmac } from 'node:crypto';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT of the key `app.key:secret`, unless told otherwise. */
export function jwt({ keyName = 'app.key', secret = 'secret', ttlMs = 60_000, clientId, capability, claims = {}, header = {} } = {}) {
  const now = Date.now();
  const payload = {
    iat: Math.floor(now / 1000),
    exp: Math.floor((now + ttlMs) / 1000),
    ...(clientId === undefined ? {} : { 'x-ably-clientId': clientId }),
    ...(capability === undefined ? {} : { 'x-ably-capability': JSON.stringify(capability) }),
    ...claims,
  };
  const signed = `${part({ typ: 'JWT', alg: 'HS256', kid: keyName, ...header })}.${part(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
