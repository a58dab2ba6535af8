// The frame of a test file: one demo and one browser for all its tests, new windows for each.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Demo } from './demo.mjs';
import { newSession } from './person.mjs';
import { Proxy } from './proxy.mjs';
import { startBrowser, Window } from './window.mjs';

/** Starts a demo, and a browser unless told otherwise, before the tests of the enclosing `describe`. `env` makes its environment; `agent` names who answers. */
export function demoForAll({ browserArgs, browser = true, env, agent } = {}) {
  const rig = {};
  before(async () => {
    rig.demo = await Demo.start({ env: await env?.(), agent });
    if (browser) rig.browser = await startBrowser(browserArgs);
  });
  after(async () => {
    await rig.browser?.close();
    await rig.demo?.dispose();
  });
  return rig;
}

/** A test in a session of its own; `open` opens windows on it, which are closed at the end. */
export function inSession(rig, title, body, options = {}) {
  it(title, { timeout: 300_000, ...options }, async (t) => {
    const session = newSession();
    const windows = [];
    const proxies = [];
    const keep = async (opening) => {
      const window = await opening;
      windows.push(window);
      return window;
    };
    const open = (how) => keep(Window.open(rig.browser, rig.demo, session, how));
    const openTab = () => keep(Window.openTab(rig.browser, rig.demo, session));
    const proxy = async () => {
      const made = await Proxy.start(rig.demo.serverPort);
      proxies.push(made);
      return made;
    };
    try {
      await body({ t, demo: rig.demo, session, open, openTab, proxy });
      for (const { errors } of windows) assert.deepEqual(errors.map(String), [], 'the page threw nothing');
    } catch (error) {
      for (const window of windows) t.diagnostic(await window.page.content().then((html) => describePage(html), String).catch(String));
      t.diagnostic(rig.demo.output.slice(-OUTPUT_SHOWN));
      throw error;
    } finally {
      await Promise.allSettled(windows.map((window) => window.close()));
      await Promise.allSettled(proxies.map((each) => each.close()));
    }
  });
}

const OUTPUT_SHOWN = 3_000;
const describePage = (html) => html.replace(/^[\s\S]*<body/, '<body').replace(/<svg[\s\S]*?<\/svg>/g, '').slice(0, 3_000);

/** Every window has exactly what the agent said. */
export async function sameAsSaid(demo, runId, windows) {
  const said = demo.transcript(runId);
  for (const [i, window] of windows.entries()) {
    assert.equal(await window.said(runId), said, `window ${i + 1} has what the agent said`);
  }
  return said;
}
