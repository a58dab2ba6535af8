// The built page's files.
import { createReadStream, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

// The page talks to the server on another port of whatever host it was opened under.
const POLICY = "default-src 'self'; connect-src 'self' http: https: ws: wss:; img-src 'self' data:; "
  + "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export class Pages {
  #dist;

  constructor(dist) {
    this.#dist = dist;
  }

  answer(request, response, path) {
    const file = this.#fileOf(path);
    if (!['GET', 'HEAD'].includes(request.method) || !file) {
      const missing = path === '/index.html';
      response.writeHead(missing ? 503 : 404, { 'content-type': 'text/plain; charset=utf-8' });
      return response.end(missing ? 'The page is not built.\n' : 'There is nothing at this address.\n');
    }
    const type = TYPES[extname(file.path)] ?? 'application/octet-stream';
    response.writeHead(200, {
      'content-type': type,
      'content-length': file.size,
      // What Vite names by its content never changes; the rest is asked for again.
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...(type.startsWith('text/html') ? { 'content-security-policy': POLICY } : {}),
    });
    if (request.method === 'HEAD') return response.end();
    return pipeline(createReadStream(file.path), response, () => {});
  }

  #fileOf(path) {
    let decoded;
    try {
      decoded = decodeURIComponent(path);
    } catch {
      return null;
    }
    const full = join(this.#dist, normalize(decoded));
    if (!full.startsWith(this.#dist + sep) || decoded.includes('\0')) return null;
    const found = statSync(full, { throwIfNoEntry: false });
    return found?.isFile() ? { path: full, size: found.size } : null;
  }
}
