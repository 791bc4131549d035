// A server of static files for this machine, as plain as the one that the site will have.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/**
 * Serves a folder at a path, "/" or "/any/sub/path/", and `pages`, which are texts by path. The port 0 is any free one.
 */
export async function serve(folder, { port = 0, base = "/", host = "127.0.0.1", pages = {} } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname in pages) {
      return response.writeHead(200, { "content-type": TYPES[extname(pathname)] }).end(pages[pathname]);
    }
    const file = pathname.startsWith(base) ? fileOf(folder, pathname.slice(base.length)) : undefined;
    if (!file) return response.writeHead(404, { "content-type": "text/plain" }).end("There is no such file.\n");
    const headers = {
      "content-type": TYPES[extname(file.path)] ?? "application/octet-stream",
      "content-length": file.size,
      // Ask each time, and be told whether anything has changed.
      "cache-control": "no-cache",
      etag: `"${file.size}-${file.mtimeMs}"`,
    };
    if (request.headers["if-none-match"] === headers.etag) return response.writeHead(304, headers).end();
    response.writeHead(200, headers);
    if (request.method === "HEAD") return response.end();
    createReadStream(file.path)
      .on("error", () => response.destroy())
      .pipe(response);
  });
  await new Promise((listening, failed) => server.once("error", failed).listen(port, host, listening));
  return { url: `http://${host}:${server.address().port}${base}`, close: () => server.close() };
}

function fileOf(folder, path) {
  try {
    const inside = normalize(decodeURIComponent(path));
    if (inside.startsWith("..") || inside.includes(`${sep}..`)) return undefined;
    const wanted = join(folder, inside);
    const found = statSync(wanted).isDirectory() ? join(wanted, "index.html") : wanted;
    const { size, mtimeMs } = statSync(found);
    return { path: found, size, mtimeMs };
  } catch {
    return undefined;
  }
}
