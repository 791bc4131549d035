// Work that is asked for faster than it is done: only the last request counts.

/**
 * Wraps `work` so that it runs once at a time: requests that come meanwhile replace each other, and the last one is
 * done next.
 */
export function latest<Request>(work: (request: Request) => Promise<void>): (request: Request) => Promise<void> {
  let waiting: { request: Request } | undefined;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (waiting) {
      const { request } = waiting;
      waiting = undefined;
      await work(request);
    }
  };
  return (request) => {
    waiting = { request };
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}
