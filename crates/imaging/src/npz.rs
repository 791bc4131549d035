//! NPZ: a ZIP archive with one NPY per array, stored or deflated.

use std::io::Read;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use crate::error::DecodeError;
use crate::format::Format::Npz;
use crate::image::Image;
use crate::limits::Limits;
use crate::npy;
use crate::samples::{finish, inflated_at_most};

/// The image, the name of its array and the names of all arrays, in the order of the archive.
pub(crate) struct Member {
    pub(crate) image: Image,
    pub(crate) name: String,
    pub(crate) names: Vec<String>,
}

/// The array called `wanted`, or the first one.
pub(crate) fn decode(bytes: &[u8], wanted: Option<&str>, limits: &Limits) -> Result<Member, DecodeError> {
    let archive = ZipArchive::from_slice(bytes).map_err(at("end of the archive"))?;
    let entries = arrays(&archive)?;
    let entry = find(&entries, wanted)?;
    let names = entries.iter().map(|entry| entry.name.clone());
    Ok(Member { image: entry.read(&archive, limits)?, name: entry.name.clone(), names: names.collect() })
}

/// The NPY file of the array called `wanted`, or of the first one.
pub(crate) fn extract(bytes: &[u8], wanted: Option<&str>, limits: &Limits) -> Result<Vec<u8>, DecodeError> {
    let archive = ZipArchive::from_slice(bytes).map_err(at("end of the archive"))?;
    let entries = arrays(&archive)?;
    let entry = find(&entries, wanted)?;
    entry.open(&archive, |content, available| {
        let mut file = Vec::new();
        // The header comes before the samples, which are limited.
        let most = available.min(limits.max_bytes.saturating_add(1 << 16));
        content.take(most).read_to_end(&mut file).map_err(at(&entry.place()))?;
        Ok(file)
    })
}

fn find<'a>(entries: &'a [Entry], wanted: Option<&str>) -> Result<&'a Entry, DecodeError> {
    let found = match wanted {
        Some(name) => entries.iter().find(|entry| entry.name == name),
        None => entries.first(),
    };
    found.ok_or_else(|| DecodeError::NoSuchMember {
        wanted: wanted.unwrap_or("*").to_string(),
        members: entries.iter().map(|entry| entry.name.clone()).collect(),
    })
}

struct Entry {
    /// Without `.npy`, as NumPy lists it.
    name: String,
    method: CompressionMethod,
    encrypted: bool,
    position: ZipArchiveEntryWayfinder,
}

fn arrays(archive: &ZipSliceArchive<&[u8]>) -> Result<Vec<Entry>, DecodeError> {
    let mut listing = archive.entries();
    let mut found = Vec::new();
    while let Some(entry) = listing.next_entry().map_err(at("list of members"))? {
        let path = entry.file_path();
        let path = String::from_utf8_lossy(path.as_ref());
        if let Some(name) = path.strip_suffix(".npy") {
            found.push(Entry {
                name: name.to_string(),
                method: entry.compression_method(),
                encrypted: entry.flags().is_encrypted(),
                position: entry.wayfinder(),
            });
        }
    }
    Ok(found)
}

impl Entry {
    fn place(&self) -> String {
        format!("array {:?}", self.name)
    }

    fn read(&self, archive: &ZipSliceArchive<&[u8]>, limits: &Limits) -> Result<Image, DecodeError> {
        let within = format!("{}, ", self.place());
        self.open(archive, |content, available| {
            let image = npy::decode_stream(Npz, &within, content, available, limits)?;
            finish(Npz, content)?;
            Ok(image)
        })
    }

    /// Reads the content, of which at most so many bytes can come.
    fn open<T>(
        &self,
        archive: &ZipSliceArchive<&[u8]>,
        read: impl FnOnce(&mut dyn Read, u64) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let place = self.place();
        let unsupported =
            |found: String| DecodeError::unsupported(Npz, &place, found, "stored and deflated arrays");
        if self.encrypted {
            return Err(unsupported("encryption".to_string()));
        }
        let entry = archive.get_entry(self.position).map_err(at(&place))?;
        let data = entry.data();
        let (mut content, most): (Box<dyn Read + '_>, u64) = match self.method {
            CompressionMethod::STORE => (Box::new(data), data.len() as u64),
            CompressionMethod::DEFLATE => (Box::new(DeflateDecoder::new(data)), inflated_at_most(data.len())),
            other => return Err(unsupported(format!("compression method {other:?}"))),
        };
        let available = most.min(entry.claim_verifier().uncompressed_size);
        read(&mut entry.verifying_reader(&mut content), available)
    }
}

fn at<E: ToString>(place: &str) -> impl Fn(E) -> DecodeError {
    move |error| DecodeError::malformed(Npz, place, error)
}
