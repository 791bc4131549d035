import { size } from "../../pkg/learner-cpu/size.json";
import { serveLearner } from "./learner-calls.js";

serveLearner({
  name: "learner-cpu",
  size,
  file: new URL("../../pkg/learner-cpu/learner-cpu_bg.wasm", import.meta.url),
  script: () => import("../../pkg/learner-cpu/learner-cpu.js"),
});
