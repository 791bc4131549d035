import { size } from "../../pkg/learner-webgpu/size.json";
import { serveLearner } from "./learner-calls.js";

serveLearner({
  name: "learner-webgpu",
  size,
  file: new URL("../../pkg/learner-webgpu/learner-webgpu_bg.wasm", import.meta.url),
  script: () => import("../../pkg/learner-webgpu/learner-webgpu.js"),
});
