// A tab that Playwright does not hold: it keeps every page it knows focused, and a focused page
// cannot be frozen. Only what a frozen tab's test needs of Playwright's page is here.
import { until } from './wait.mjs';

export class Tab {
  #browser;
  #session;
  #asked = 0;
  #waiting = new Map();

  static async open(browser, url) {
    const tab = new Tab();
    tab.#browser = await browser.newBrowserCDPSession();
    tab.#browser.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      const { id, result, error } = JSON.parse(message);
      if (sessionId !== tab.#session || !tab.#waiting.has(id)) return;
      const { done, failed } = tab.#waiting.get(id);
      tab.#waiting.delete(id);
      if (error) failed(new Error(error.message));
      else done(result);
    });
    const { browserContextId } = await tab.#browser.send('Target.createBrowserContext');
    tab.contextId = browserContextId;
    const { targetId } = await tab.#browser.send('Target.createTarget', { url, browserContextId, width: 1100, height: 800 });
    ({ sessionId: tab.#session } = await tab.#browser.send('Target.attachToTarget', { targetId, flatten: false }));
    return tab;
  }

  send(method, params = {}) {
    const id = ++this.#asked;
    const answered = new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
    const message = JSON.stringify({ id, method, params });
    return Promise.all([answered, this.#browser.send('Target.sendMessageToTarget', { sessionId: this.#session, message })]).then(([result]) => result);
  }

  async evaluate(action, argument) {
    const expression = `(${action})(${JSON.stringify(argument) ?? ''})`;
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async waitForSelector(selector, { timeout }) {
    await until(() => this.evaluate((wanted) => document.querySelector(wanted) !== null, selector), selector, timeout);
  }

  getByTestId(name) {
    const selector = `[data-testid=${name}]`;
    return {
      fill: (text) => this.evaluate(([at, value]) => {
        const box = document.querySelector(at);
        // React hears of it only by the element's own setter.
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, value);
        box.dispatchEvent(new Event('input', { bubbles: true }));
      }, [selector, text]),
      click: () => this.evaluate((at) => document.querySelector(at).click(), selector),
      getAttribute: (attribute) => this.evaluate(([at, which]) => document.querySelector(at).getAttribute(which), [selector, attribute]),
    };
  }

  content() {
    return this.evaluate(() => document.documentElement.outerHTML);
  }

  /** Resolves once it is frozen: its script runs no more, but for what is asked through here. */
  async freeze() {
    await this.evaluate(() => {
      window.frozen = [];
      for (const event of ['freeze', 'resume']) document.addEventListener(event, () => window.frozen.push(performance.now()));
    });
    await this.send('Page.setWebLifecycleState', { state: 'frozen' });
    await until(() => this.evaluate(() => window.frozen.length === 1), 'the tab to be frozen', 30_000);
  }

  /** For how long it was frozen, by its own clock. */
  async frozenFor() {
    await until(() => this.evaluate(() => window.frozen.length === 2), 'the tab to be thawed', 30_000);
    return this.evaluate(() => window.frozen[1] - window.frozen[0]);
  }

  /** Thaws it and brings it before the person again. */
  async thaw() {
    await this.send('Page.setWebLifecycleState', { state: 'active' });
    await this.send('Emulation.setFocusEmulationEnabled', { enabled: true });
  }

  async close() {
    await this.#browser.send('Target.disposeBrowserContext', { browserContextId: this.contextId });
  }
}
