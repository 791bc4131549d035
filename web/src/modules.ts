/** The modules of the worker of {@link createTopology}, each loaded when it is first needed. */
import { size as imagesSize } from "../../pkg/images/size.json";
import { size as masksSize } from "../../pkg/masks/size.json";
import { size as synthesisSize } from "../../pkg/synthesis/size.json";
import { size as topologySize } from "../../pkg/topology/size.json";
import { WasmModule, type WorkerEvents } from "./wasm-module.js";

const topologyModule = new WasmModule({
  name: "topology",
  size: topologySize,
  file: new URL("../../pkg/topology/topology_bg.wasm", import.meta.url),
  script: () => import("../../pkg/topology/topology.js"),
});
const masksModule = new WasmModule({
  name: "masks",
  size: masksSize,
  file: new URL("../../pkg/masks/masks_bg.wasm", import.meta.url),
  script: () => import("../../pkg/masks/masks.js"),
});
const imagesModule = new WasmModule({
  name: "images",
  size: imagesSize,
  file: new URL("../../pkg/images/images_bg.wasm", import.meta.url),
  script: () => import("../../pkg/images/images.js"),
});
const synthesisModule = new WasmModule({
  name: "synthesis",
  size: synthesisSize,
  file: new URL("../../pkg/synthesis/synthesis_bg.wasm", import.meta.url),
  script: () => import("../../pkg/synthesis/synthesis.js"),
});

let events: WorkerEvents;
let compiled: ReadonlyMap<string, WebAssembly.Module>;

/** Takes what the other side tells a worker when it starts. */
export function openModules(reports: WorkerEvents, known: ReadonlyMap<string, WebAssembly.Module>): void {
  events = reports;
  compiled = known;
}

/** The functions of the module of barcodes. */
export const topologyFunctions = () => topologyModule.load(events, compiled);
/** What computes barcodes; it keeps its memory from call to call. */
export const topology = once(async () => new (await topologyFunctions()).Topology());
/** What looks at masks. */
export const masks = once(async () => new (await masksModule.load(events, compiled)).Masks());
/** What reads and writes files. */
export const images = () => imagesModule.load(events, compiled);
/** What makes samples. */
export const synthesis = () => synthesisModule.load(events, compiled);

/** Makes a thing when it is first asked for; after a failure the next call tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
