/**
 * The records of the WebAssembly modules, as their own builds describe them: what a bar, a prior, a loss or a repair is
 * has one definition, in Rust.
 */

export type {
  Beyond,
  ChannelLayout,
  Compression,
  DecodeOptions,
  EncodedFormat,
  EncodeOptions,
  Format,
  Geometry,
  MapOptions,
  MaskKind,
  Meaning,
  Normalisation,
  SampleType,
  Scale,
  UnitMap,
} from "../../pkg/images/images.js";
export type {
  Backend,
  BackendKind,
  ErrorCode as LearnerErrorCode,
  PostProcessOptions,
  SelfTest,
  Step,
  Stop,
  StopRules,
  Target,
} from "../../pkg/learner-cpu/learner-cpu.js";
export type {
  Action,
  Defect,
  DefectKind,
  Edit,
  MaskFeature,
  MaskOptions,
  Repair,
  RepairOptions,
  Side,
  Strategy,
  Verdict,
  Written,
} from "../../pkg/masks/masks.js";
export type {
  Corrupted,
  CorruptOptions,
  CorruptVariant,
  Picture,
  Sample,
  SampleKind,
  SampleRequest,
  ShapeKind,
  Square,
} from "../../pkg/synthesis/synthesis.js";
export type {
  Barcode,
  BarcodeOptions,
  BettiCurve,
  Connectivity,
  Count,
  DimensionLoss,
  ErrorCode as TopologyErrorCode,
  Feature,
  FeatureKind,
  Filtration,
  Loss,
  LossOptions,
  Margin,
  MarginEnd,
  OutOfRange,
  ParsedPrior,
  Pooling,
  PoolingKind,
  Prior,
} from "../../pkg/topology/topology.js";
