// Apps made in a sandbox.

/** Makes an app from a body of POST /apps and returns what the server says of it. */
export async function makeApp(server, body) {
  const response = await fetch(`${server.url}/apps`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`POST /apps: ${response.status} ${await response.text()}`);
  return response.json();
}

export async function deleteApp(server, app) {
  const key = Buffer.from(app.keys[0].keyStr).toString('base64');
  return fetch(`${server.url}/apps/${app.appId}`, { method: 'DELETE', headers: { Authorization: `Basic ${key}` } });
}
