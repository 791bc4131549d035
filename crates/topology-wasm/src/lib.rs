//! Bettiscope: topology-wasm
