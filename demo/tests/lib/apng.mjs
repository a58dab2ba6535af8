// Pictures: PNGs as the browser takes them, read into pixels, put together, and written as one
// animated PNG with the colours they share.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

function* chunksOf(png) {
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

const paeth = (a, b, c) => {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

function unfilter(filter, row, above, step) {
  for (let i = 0; i < row.length; i++) {
    const left = i >= step ? row[i - step] : 0;
    const up = above ? above[i] : 0;
    const corner = above && i >= step ? above[i - step] : 0;
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    row[i] = (row[i] + guess) & 255;
  }
}

/** A PNG of 8 bits a channel as { width, height, pixels }, a number 0xRRGGBB each. */
export function readPng(png) {
  let width, height, step;
  const parts = [];
  for (const { type, data } of chunksOf(png)) {
    if (type === 'IHDR') {
      [width, height, step] = [data.readUInt32BE(0), data.readUInt32BE(4), { 2: 3, 6: 4 }[data[9]]];
      if (data[8] !== 8 || !step || data[12] !== 0) throw new Error('only PNGs of 8 bits a channel, in colour, not interlaced');
    }
    if (type === 'IDAT') parts.push(data);
  }
  const raw = inflateSync(Buffer.concat(parts));
  const pixels = new Uint32Array(width * height);
  let above = null;
  for (let y = 0; y < height; y++) {
    const from = y * (width * step + 1);
    const row = raw.subarray(from + 1, from + 1 + width * step);
    unfilter(raw[from], row, above, step);
    above = row;
    for (let x = 0; x < width; x++) pixels[y * width + x] = (row[x * step] << 16) | (row[x * step + 1] << 8) | row[x * step + 2];
  }
  return { width, height, pixels };
}

/** Pictures put on a canvas of one colour, each at its { x, y }. */
export function compose(width, height, background, placed) {
  const pixels = new Uint32Array(width * height).fill(background);
  for (const { picture, x, y } of placed) {
    for (let row = 0; row < picture.height; row++) {
      pixels.set(picture.pixels.subarray(row * picture.width, (row + 1) * picture.width), (y + row) * width + x);
    }
  }
  return { width, height, pixels };
}

// Colours are counted by their 5 highest bits; the commonest shade of each stands for all of it.
const bucketOf = (colour) => ((colour >> 9) & 0x7c00) | ((colour >> 6) & 0x3e0) | ((colour >> 3) & 0x1f);

function palette(frames) {
  const shades = new Map();
  for (const { pixels } of frames) for (const colour of pixels) shades.set(colour, (shades.get(colour) ?? 0) + 1);
  const buckets = new Map();
  for (const [colour, count] of shades) {
    const bucket = buckets.get(bucketOf(colour)) ?? { count: 0, best: 0, colour };
    bucket.count += count;
    if (count > bucket.best) Object.assign(bucket, { best: count, colour });
    buckets.set(bucketOf(colour), bucket);
  }
  return [...buckets.values()].sort((a, b) => b.count - a.count).slice(0, COLOURS).map(({ colour }) => colour);
}

const distance = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

function indexer(colours) {
  const known = new Map(colours.map((colour, i) => [colour, i]));
  return (colour) => {
    let index = known.get(colour);
    if (index === undefined) {
      index = colours.reduce((best, each, i) => (distance(each, colour) < distance(colours[best], colour) ? i : best), 0);
      known.set(colour, index);
    }
    return index;
  };
}

/** The smallest rectangle that holds all that differs, or one pixel when nothing does. */
function changed(before, after, width, height) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (before && before[y * width + x] === after[y * width + x]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? { x: 0, y: 0, w: 1, h: 1 } : { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
}

function packed(indices, width, { x, y, w, h }) {
  const raw = Buffer.alloc((w + 1) * h);
  for (let row = 0; row < h; row++) raw.set(indices.subarray((y + row) * width + x, (y + row) * width + x + w), row * (w + 1) + 1);
  return deflateSync(raw, { level: 9, memLevel: 9 });
}

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

const words = (...values) => {
  const out = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => out.writeUInt32BE(value, i * 4));
  return out;
};

function header(width, height, colours) {
  const table = Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const head = Buffer.concat([words(width, height), Buffer.from([8, 3, 0, 0, 0])]);
  return [SIGNATURE, chunk('IHDR', head), chunk('PLTE', table)];
}

/** Frames { width, height, pixels, ms } of one size as an animated PNG; a single one is a plain PNG. */
export function writePng(frames) {
  const { width, height } = frames[0];
  const colours = palette(frames);
  const indexOf = indexer(colours);
  const out = header(width, height, colours);
  if (frames.length > 1) out.splice(2, 0, chunk('acTL', words(frames.length, 0)));
  let before = null;
  let sequence = 0;
  for (const { pixels, ms } of frames) {
    const indices = Uint8Array.from(pixels, indexOf);
    const area = changed(before, indices, width, height);
    if (frames.length > 1) {
      const timing = Buffer.from([ms >> 8, ms & 255, 1000 >> 8, 1000 & 255, 0, 0]);
      out.push(chunk('fcTL', Buffer.concat([words(sequence++, area.w, area.h, area.x, area.y), timing])));
    }
    const data = packed(indices, width, area);
    out.push(before ? chunk('fdAT', Buffer.concat([words(sequence++), data])) : chunk('IDAT', data));
    before = indices;
  }
  return Buffer.concat([...out, chunk('IEND', Buffer.alloc(0))]);
}
