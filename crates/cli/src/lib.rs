//! Bettiscope: cli
