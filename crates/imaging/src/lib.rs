//! Bettiscope: imaging
