#!/bin/sh
# Builds a fuzz target with coverage feedback on stable Rust and runs it for a bounded time.
#
#   fuzz/run.sh TARGET [libFuzzer arguments]      e.g. fuzz/run.sh decode -runs=1000000
#
# Without arguments it runs 100000 inputs or 60 seconds, whichever is less. What it learns is kept
# in fuzz/corpus/TARGET, inputs that crash are written to fuzz/artifacts/TARGET.
set -eu
cd "$(dirname "$0")"
target=${1:?usage: fuzz/run.sh TARGET [libFuzzer arguments]}
shift
[ $# -gt 0 ] || set -- -runs=100000 -max_total_time=60

# What cargo-fuzz passes, less the sanitizers that need nightly. With --target the flags do not
# reach build scripts, which could not be linked with them.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
 -Cllvm-args=-sanitizer-coverage-level=4 \
 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
 -Cllvm-args=-sanitizer-coverage-pc-table \
 -Cllvm-args=-sanitizer-coverage-trace-compares"
export RUSTFLAGS
cargo build --release --target "$host" --bin "$target"
build=${CARGO_TARGET_DIR:-target}/$host/release

corpus=corpus/$target
mkdir -p "$corpus" "artifacts/$target"
if [ "$target" = decode ]; then
    env -u RUSTFLAGS cargo run --release --quiet --bin seeds -- "$corpus"
fi
# 8 KiB hold every seed; half a gibibyte is far more than the targets' own limits allow.
"$build/$target" "$corpus" "-artifact_prefix=artifacts/$target/" -max_len=8192 -rss_limit_mb=512 \
    -timeout=10 "$@"
