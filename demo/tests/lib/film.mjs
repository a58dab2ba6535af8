// Several windows filmed side by side into one animated picture.
import gifenc from 'gifenc';

const { applyPalette, GIFEncoder, quantize } = gifenc;

const FRAME_MS = 250;
const LAST_FRAME_MS = 4_000;
const COLOURS = 56;
const MOST_FRAMES = 200;

/** The frame around the windows: who sits at each, and what is going on. */
const stage = (windows, { width, height }) => `<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; background: #e9e6dd; color: #1f201d; font: 500 15px Inter, system-ui, sans-serif }
  main { display: grid; grid-template-columns: repeat(${windows.length}, ${width}px); gap: 14px; padding: 12px 14px 14px }
  h1 { margin: 0; padding: 14px 14px 0; font-size: 19px; font-weight: 650; letter-spacing: -.01em }
  p { margin: 0 0 6px 4px; color: #5a5b55 }
  img { display: block; width: ${width}px; height: ${height}px; border-radius: 12px }
</style><h1></h1><main>${windows.map(({ title }) => `<div><p>${title}</p><img></div>`).join('')}</main>`;

export class Film {
  #frames = [];
  #words = '';
  #rolling = false;
  #speed = 1;

  /** @param windows what is filmed, as { title, page } */
  static async of(browser, windows, size) {
    const film = new Film();
    film.windows = windows;
    film.stage = await browser.newPage({
      viewport: { width: windows.length * (size.width + 14) + 14, height: size.height + 90 },
    });
    await film.stage.setContent(stage(windows, size));
    return film;
  }

  says(words, speed = 1) {
    this.#words = speed === 1 ? words : `${words} (shown ${speed} times as fast)`;
    this.#speed = speed;
  }

  /** Takes frames until `cut`. */
  async roll() {
    this.#rolling = true;
    while (this.#rolling && this.#frames.length < MOST_FRAMES) {
      const next = performance.now() + FRAME_MS;
      await this.#take();
      await new Promise((done) => setTimeout(done, Math.max(0, next - performance.now())));
    }
  }

  cut() {
    this.#rolling = false;
  }

  async #take() {
    const at = performance.now();
    const shots = await Promise.all(this.windows.map(({ page }) => page.screenshot()));
    const sources = shots.map((shot) => `data:image/png;base64,${shot.toString('base64')}`);
    await this.stage.evaluate(
      async ([images, words]) => {
        document.querySelector('h1').textContent = words;
        const all = [...document.querySelectorAll('img')];
        await Promise.all(all.map((img, i) => Object.assign(img, { src: images[i] }).decode()));
      },
      [sources, this.#words],
    );
    this.#frames.push({ at, speed: this.#speed, png: await this.stage.screenshot() });
  }

  /** The pixels of a picture; the browser knows how to read it. */
  async #pixels(png) {
    const { width, height, data } = await this.stage.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const { data: rgba } = context.getImageData(0, 0, image.width, image.height);
      let text = '';
      for (let i = 0; i < rgba.length; i += 32_768) text += String.fromCharCode(...rgba.subarray(i, i + 32_768));
      return { width: image.width, height: image.height, data: btoa(text) };
    }, png.toString('base64'));
    return { width, height, rgba: new Uint8Array(Buffer.from(data, 'base64')) };
  }

  /** All frames with one palette; what did not change in a frame is left as it was. */
  async gif() {
    const gif = GIFEncoder();
    let palette;
    let before;
    for (const [i, { at, speed, png }] of this.#frames.entries()) {
      const { width, height, rgba } = await this.#pixels(png);
      palette ??= [...(await this.#palette()), [0, 0, 0]];
      const clear = palette.length - 1;
      const now = applyPalette(rgba, palette.slice(0, clear));
      const changed = before ? now.map((colour, at) => (colour === before[at] ? clear : colour)) : now;
      const delay = i + 1 < this.#frames.length ? (this.#frames[i + 1].at - at) / speed : LAST_FRAME_MS;
      gif.writeFrame(changed, width, height, {
        ...(before ? {} : { palette }),
        delay,
        transparent: Boolean(before),
        transparentIndex: clear,
        dispose: 1,
      });
      before = now;
    }
    gif.finish();
    return Buffer.from(gif.bytes());
  }

  /** The colours of a few frames from all over the film. */
  async #palette() {
    const picks = [0.1, 0.5, 0.95].map((part) => this.#frames[Math.floor(part * (this.#frames.length - 1))]);
    const parts = [];
    for (const { png } of picks) parts.push((await this.#pixels(png)).rgba);
    return quantize(Buffer.concat(parts), COLOURS);
  }
}
