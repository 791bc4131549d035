/** The two builds of the learner, which have one surface: that of `LearnerModule`. */
declare module "*/learner-cpu.js" {
  export const Learner: import("./learner-calls.js").LearnerModule["Learner"];
  export const PostProcess: import("./learner-calls.js").LearnerModule["PostProcess"];
  export default function initialise(input: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}

declare module "*/learner-webgpu.js" {
  export * from "*/learner-cpu.js";
  export { default } from "*/learner-cpu.js";
}

declare module "*/learner-cpu/size.json" {
  export const size: number;
}

declare module "*/learner-webgpu/size.json" {
  export const size: number;
}
