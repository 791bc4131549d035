//! Bettiscope: persistence
