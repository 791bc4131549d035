// What computes, for all screens of the page: the workers are theirs together.

import { createTopology, type Download, type TopologyClient } from "bettiscope";

import { Learner } from "./learner.svelte";

/** The clients of the workers. */
export interface Clients {
  readonly topology: TopologyClient;
  readonly learner: Learner;
  /** The module that is being loaded, for the progress bar. */
  readonly download: Download | undefined;
}

let clients: Clients | undefined;

/** The clients of the page. With the first call the worker of barcodes starts. */
export function sharedClients(): Clients {
  clients ??= start();
  return clients;
}

function start(): Clients {
  let download: Download | undefined = $state.raw();
  const topology = createTopology({
    onDownload: (now) => {
      download = now.loaded < now.total ? now : undefined;
    },
  });
  return {
    topology,
    learner: new Learner(),
    get download() {
      return download;
    },
  };
}
