/** The WebGPU build has the surface of the CPU build, and may not be built yet. */
declare module "*/learner-webgpu.js" {
  export const Learner: import("./learner-calls.js").LearnerModule["Learner"];
  export const PostProcess: import("./learner-calls.js").LearnerModule["PostProcess"];
  export default function initialise(input: { module_or_path: WebAssembly.Module }): Promise<unknown>;
}

declare module "*/learner-webgpu/size.json" {
  export const size: number;
}
