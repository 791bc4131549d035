//! Bettiscope: topoloss
