//! `seeds FOLDER` writes small files of every format, sound and damaged, into the folder.

#[path = "../../crates/imaging/tests/corpus/mod.rs"]
mod corpus;

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).ok_or_else(|| std::io::Error::other("usage: seeds FOLDER"))?;
    std::fs::create_dir_all(&folder)?;
    for file in corpus::files() {
        // The larger ones only slow the fuzzer down.
        if file.bytes.len() <= 8192 {
            std::fs::write(std::path::Path::new(&folder).join(file.name), file.bytes)?;
        }
    }
    Ok(())
}
