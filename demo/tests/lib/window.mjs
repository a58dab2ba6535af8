// Windows of a real browser on the demo's page, told apart and read by what the page promises tests.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { Tab } from './tab.mjs';
import { until } from './wait.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
// Long enough for a busy machine; what has to be quick is measured by the tests themselves.
const PATIENCE_MS = 60_000;

function browserPath() {
  if (process.env.HOLDFAST_CHROMIUM) return process.env.HOLDFAST_CHROMIUM;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(`needs a Chromium: none of ${NAMES.join(', ')} is on the PATH and HOLDFAST_CHROMIUM names none`);
}

export async function startBrowser(args = []) {
  return chromium.launch({ executablePath: browserPath(), args: ['--no-first-run', ...args] });
}

export class Window {
  errors = [];

  /**
   * Opens a session in a context of its own.
   * @param options.base another address of the demo, e.g. under a mapped host name
   * @param options.through the port of a proxy that stands before the server
   */
  static async open(browser, demo, session, { client = 'ada', name = 'Ada', base = demo.url, through, context: more } = {}) {
    const window = new Window();
    window.session = session;
    window.context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...more });
    window.page = await window.context.newPage();
    window.page.setDefaultTimeout(PATIENCE_MS);
    window.page.on('pageerror', (error) => window.errors.push(error));
    if (through) {
      await window.page.route('**/api/session/*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), realtimePort: through } });
      });
    }
    await window.page.goto(`${base}/s/${session}?client=${client}&name=${name}`, { timeout: PATIENCE_MS });
    await window.ready();
    return window;
  }

  /** Opens a session in a tab that can be frozen. */
  static async openTab(browser, demo, session) {
    const window = new Window();
    window.page = await Tab.open(browser, `${demo.url}/s/${session}?client=ada&name=Ada`);
    window.context = window.page;
    await window.ready();
    return window;
  }

  async ready() {
    await this.page.waitForSelector('[data-testid=app][data-ready=true]', { timeout: PATIENCE_MS });
  }

  async reload() {
    await this.page.reload({ timeout: PATIENCE_MS });
    await this.ready();
  }

  at(name) {
    return this.page.getByTestId(name);
  }

  async send(text) {
    await this.at('composer-text').fill(text);
    await this.at('send').click();
  }

  /** Everything in the conversation, as the page shows it. */
  async messages() {
    return this.page.evaluate(() => {
      const all = (root, name) => [...root.querySelectorAll(`[data-testid=${name}]`)];
      return all(document, 'message').map((message) => ({
        role: message.dataset.role,
        id: message.dataset.messageId,
        runId: message.dataset.runId,
        status: message.dataset.status,
        steer: message.dataset.steer ?? '',
        text: all(message, 'message-text').map((part) => part.dataset.source).join(''),
        shown: all(message, 'message-text').map((part) => part.textContent).join(''),
        reasoning: all(message, 'reasoning-text').map((part) => part.dataset.source).join(''),
        tools: all(message, 'tool').map(({ dataset }) => ({ tool: dataset.tool, state: dataset.state })),
        branch: all(message, 'branch-position')[0]?.textContent ?? '',
        gone: all(message, 'gone').length > 0,
      }));
    });
  }

  /** The newest run that is seen here, once there is one that is not among `known`. */
  async newRun(known = []) {
    return until(async () => {
      const last = (await this.messages()).findLast(({ role, runId }) => role === 'assistant' && runId);
      return last && !known.includes(last.runId) && last.runId;
    }, 'a run to be seen', PATIENCE_MS);
  }

  /** What the agent has said in a run, as this window has it. */
  async said(runId) {
    const all = await this.messages();
    return all.filter((each) => each.role === 'assistant' && each.runId === runId).map(({ text }) => text).join('');
  }

  async status(runId) {
    const all = await this.messages();
    return all.findLast((each) => each.runId === runId)?.status;
  }

  async settled(runId, status, ms = 3 * PATIENCE_MS) {
    await until(async () => (await this.status(runId)) === status, async () => `the run to be ${status}; it is ${await this.status(runId)}`, ms, 50);
  }

  /** Waits until at least `length` characters of a run are here, and returns what is. */
  async hasSaid(runId, length, ms = PATIENCE_MS) {
    return until(async () => {
      const said = await this.said(runId);
      return said.length >= length && said;
    }, async () => `${length} characters; there are ${(await this.said(runId)).length}`, ms, 30);
  }

  async connection() {
    return this.at('connection').getAttribute('data-state');
  }

  async connectionIs(states, ms = PATIENCE_MS) {
    const wanted = [states].flat();
    return until(async () => {
      const state = await this.connection();
      return wanted.includes(state) && state;
    }, async () => `the connection to be ${wanted.join(' or ')}; it is ${await this.connection()}`, ms, 30);
  }

  /** The developer tools' own way to this page. */
  async devtools() {
    this.cdp ??= await this.context.newCDPSession(this.page);
    return this.cdp;
  }

  async offline(off) {
    const cdp = await this.devtools();
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', { offline: off, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }

  async close() {
    await this.context.close();
  }
}
