// npm start: builds the command line if it is not built yet and shows the barcode of a sample.

import { run } from "./run.mjs";

run("Build the command line (the first time takes about two minutes)", "cargo", [
  "build",
  "--release",
  "--locked",
  "--package",
  "bettiscope",
]);
run("The barcode of samples/broken-ring.png, a ring with a gap and two islands", "cargo", [
  "run",
  "--release",
  "--locked",
  "--quiet",
  "--package",
  "bettiscope",
  "--",
  "barcode",
  "samples/broken-ring.png",
  "--min-length",
  "0.1",
  "--format",
  "table",
]);
