//! Networks as bytes, in burn's own format (burnpack).

use std::collections::BTreeMap;

use burn::{
    module::Module,
    tensor::{Bytes, Device},
};
use burn_pack::{DType, Reader, Tensor, Writer};

use crate::{
    Error, UNet, UNetConfig,
    weights::{self, Weights},
};

/// The key under which the kind of a network is written, and the kind.
const KIND: (&str, &str) = ("network", "bettiscope unet 2d");

/// Why bytes are not a network, or not the state of a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignBytes {
    /// They are not in burn's format, or are cut off or damaged.
    #[error("they cannot be read as burn's format: {0}")]
    Format(String),
    /// They are in burn's format and hold something else.
    #[error("they hold {found}, and not a \"{expected}\"")]
    Kind {
        /// What they say they hold.
        found: String,
        /// What they should hold.
        expected: &'static str,
    },
    /// The size of the network is missing or is not a number.
    #[error("the {key} of the network is missing or is not a number")]
    Size {
        /// `width` or `depth`.
        key: &'static str,
    },
    /// A part of the state of a run is missing or cannot be read.
    #[error("the part \"{key}\" of it is missing or cannot be read")]
    Entry {
        /// The name of the part.
        key: &'static str,
    },
    /// A value of the state of a run is not accepted.
    #[error("it has a value that is not accepted: {0}")]
    Value(String),
    /// Weights are missing, are there but not in a network of this size, or have another shape or type.
    #[error("the weights {names:?} are not those of such a network")]
    Weights {
        /// The names of the weights.
        names: Vec<String>,
    },
    /// A weight is NaN or infinite.
    #[error("the weights {name} are not all finite")]
    NotFinite {
        /// The name of the weights.
        name: String,
    },
}

impl UNet {
    /// The network as bytes, with its size: 4 bytes for each weight and some kilobytes more.
    ///
    /// # Errors
    ///
    /// If a weight is not finite, or the device fails.
    pub async fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        pack(KIND, &sizes(self.config()), weights::read(self).await?)
    }

    /// The network that [`UNet::to_bytes`] wrote, on a device.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self, Error> {
        let (entries, weights) = unpack(bytes, KIND)?;
        network(&entries, weights, device)
    }
}

/// The entries that [`network`] reads.
pub(crate) fn sizes(UNetConfig { width, depth }: UNetConfig) -> [(&'static str, String); 2] {
    [("width", width.to_string()), ("depth", depth.to_string())]
}

/// A network of the size that is written, with these weights. Nothing is made of this size before it is known that
/// there are as many weights.
pub(crate) fn network(entries: &Entries, weights: Vec<Weights>, device: &Device) -> Result<UNet, Error> {
    let size = |key: &'static str| {
        let value = entries.get(key).and_then(|value| value.parse().ok());
        value.ok_or(ForeignBytes::Size { key })
    };
    let config = UNetConfig { width: size("width")?, depth: size("depth")? };
    let mut needed = config.shapes()?;
    let mut misfits = Vec::new();
    for Weights { name, shape, .. } in &weights {
        if needed.remove(name).as_ref() != Some(shape) {
            misfits.push(name.clone());
        }
    }
    misfits.extend(needed.into_keys());
    if !misfits.is_empty() {
        return Err(ForeignBytes::Weights { names: misfits }.into());
    }
    Ok(fit(config.init(0, device)?, weights)?)
}

/// The module with all its weights replaced.
pub(crate) fn fit<M: Module>(module: M, weights: Vec<Weights>) -> Result<M, ForeignBytes> {
    match weights::replace(module, weights) {
        (module, misfits) if misfits.is_empty() => Ok(module),
        (_, names) => Err(ForeignBytes::Weights { names }),
    }
}

/// What is written beside the tensors, by its key.
pub(crate) type Entries = BTreeMap<String, String>;

/// Bytes in burn's format that say they are of this kind.
///
/// # Errors
///
/// If a value is not finite: [`unpack`] would refuse it.
pub(crate) fn pack(
    (key, kind): (&str, &str),
    entries: &[(&str, String)],
    arrays: Vec<Weights>,
) -> Result<Vec<u8>, Error> {
    if let Some(array) = arrays.iter().find(|array| !array.values.iter().all(|value| value.is_finite())) {
        return Err(Error::Overflow { name: array.name.clone() });
    }
    let writer = Writer::new(arrays.into_iter().map(tensor).collect()).with_metadata(key, kind);
    let write = |writer: Writer, (key, value): &(&str, String)| writer.with_metadata(key, value);
    Ok(entries.iter().fold(writer, write).into_bytes().map_err(Error::device)?.to_vec())
}

/// Reads bytes in burn's format that say they are of this kind. What is read takes no more memory than they do.
pub(crate) fn unpack(
    bytes: Vec<u8>,
    (key, kind): (&str, &'static str),
) -> Result<(Entries, Vec<Weights>), ForeignBytes> {
    let available = bytes.len();
    let reader = Reader::from_bytes(Bytes::from_bytes_vec(bytes)).map_err(foreign)?;
    let entries = reader.metadata().clone();
    let found = entries.get(key);
    if found.map(String::as_str) != Some(kind) {
        let found = found.map_or("an unnamed record".to_owned(), |kind| format!("a \"{kind}\""));
        return Err(ForeignBytes::Kind { found, expected: kind });
    }
    let tensors = reader.into_tensors().map_err(foreign)?;
    // Nothing in the format keeps arrays from being the same bytes, many times.
    let claimed = tensors.iter().fold(0_usize, |sum, tensor| sum.saturating_add(tensor.byte_len()));
    if claimed > available {
        let problem = format!("its arrays have {claimed} bytes, and there are {available}");
        return Err(ForeignBytes::Format(problem));
    }
    Ok((entries, tensors.into_iter().map(weights).collect::<Result<_, _>>()?))
}

fn tensor(weights: Weights) -> Tensor {
    let bytes = weights.values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor::new(weights.name, DType::F32, weights.shape, None, Bytes::from_bytes_vec(bytes))
}

fn foreign(error: burn_pack::Error) -> ForeignBytes {
    ForeignBytes::Format(error.to_string())
}

fn weights(tensor: Tensor) -> Result<Weights, ForeignBytes> {
    let (name, dtype, shape, _, bytes) = tensor.into_parts().map_err(foreign)?;
    let values: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    let shape = shape.to_vec();
    let length = shape.iter().try_fold(1_usize, |product, &axis| product.checked_mul(axis));
    if dtype != DType::F32 || length != Some(values.len()) || bytes.len() % 4 != 0 {
        return Err(ForeignBytes::Weights { names: vec![name] });
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(ForeignBytes::NotFinite { name });
    }
    Ok(Weights { name, shape, values })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use pollster::block_on;

    fn network() -> UNet {
        UNetConfig { width: 2, depth: 2 }.init(7, &Device::flex()).unwrap()
    }

    fn refused(bytes: Vec<u8>) -> ForeignBytes {
        match UNet::from_bytes(bytes, &Device::flex()) {
            Err(Error::Foreign(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_network_comes_back_as_it_was() {
        let network = network();
        let bytes = block_on(network.to_bytes()).unwrap();
        let again = UNet::from_bytes(bytes.clone(), &Device::flex()).unwrap();
        assert_eq!(again.config(), network.config());
        let image = Array2::from_shape_fn((9, 10), |(row, column)| ((row * column) % 7) as f32 / 7.0);
        let map = |network: &UNet| block_on(network.segment(image.view())).unwrap();
        assert_eq!(map(&again), map(&network));
        assert_eq!(block_on(again.to_bytes()).unwrap(), bytes, "the bytes depend on nothing but the weights");
    }

    #[test]
    fn the_bytes_are_burns_own_format() {
        let bytes = block_on(network().to_bytes()).unwrap();
        let record = burn::store::ModuleRecord::from_bytes(Bytes::from_bytes_vec(bytes)).unwrap();
        assert_eq!(record.len(), 2 * (2 + 2 + 4 + 3 + 3 + 1));
    }

    #[test]
    fn foreign_bytes_are_refused_with_the_reason() {
        assert!(matches!(refused(Vec::new()), ForeignBytes::Format(_)));
        assert!(matches!(refused(b"\x89PNG\r\n\x1a\n and more bytes".to_vec()), ForeignBytes::Format(_)));
        let other = Writer::new(Vec::new()).with_metadata("network", "another").into_bytes().unwrap();
        assert_eq!(
            refused(other.to_vec()),
            ForeignBytes::Kind { found: "a \"another\"".to_owned(), expected: KIND.1 }
        );
        let pack = |width: &str, tensors| {
            let writer = Writer::new(tensors).with_metadata(KIND.0, KIND.1).with_metadata("width", width);
            writer.with_metadata("depth", "1").into_bytes().unwrap().to_vec()
        };
        assert_eq!(refused(pack("wide", Vec::new())), ForeignBytes::Size { key: "width" });
        assert!(
            matches!(refused(pack("2", Vec::new())), ForeignBytes::Weights { names } if names.len() == 20)
        );
        let bytes = |value: f32| Bytes::from_bytes_vec(value.to_le_bytes().to_vec());
        let tensor = |value| Tensor::new("head.bias".to_owned(), DType::F32, [1], None, bytes(value));
        assert_eq!(
            refused(pack("2", vec![tensor(f32::NAN)])),
            ForeignBytes::NotFinite { name: "head.bias".to_owned() }
        );
        let error = UNet::from_bytes(pack("1000000", Vec::new()), &Device::flex()).unwrap_err();
        assert!(matches!(error, Error::Network { width: 1_000_000, .. }));
    }

    /// The largest network has 14 billion weights, 55 GB.
    #[test]
    fn a_file_without_weights_does_not_make_a_large_network() {
        let config = UNetConfig { width: UNetConfig::MAX_WIDTH, depth: UNetConfig::MAX_DEPTH };
        let bytes = pack(KIND, &sizes(config), Vec::new()).unwrap();
        assert!(bytes.len() < 1000, "{}", bytes.len());
        assert!(
            matches!(refused(bytes), ForeignBytes::Weights { names } if names.contains(&"head.bias".to_owned()))
        );
        let one = Weights { name: "encoder.6.1.weight".to_owned(), shape: vec![1, 2], values: vec![0.0; 2] };
        let bytes = pack(KIND, &sizes(config), vec![one]).unwrap();
        assert!(
            matches!(refused(bytes), ForeignBytes::Weights { names } if names[0] == "encoder.6.1.weight")
        );
    }

    #[test]
    fn arrays_that_are_the_same_bytes_are_refused() {
        let array = |name: &str| Weights { name: name.to_owned(), shape: vec![512], values: vec![0.5; 512] };
        let bytes = pack(KIND, &[], vec![array("a"), array("b")]).unwrap();
        // The offsets of "b", 2048 and 4096, as CBOR has them, become those of "a".
        let offsets = [0x82, 0x19, 0x08, 0x00, 0x19, 0x10, 0x00];
        let place = bytes.windows(7).position(|window| window == offsets).expect("the offsets are there");
        let mut damaged = bytes[..bytes.len() - 2048].to_vec();
        damaged[place..place + 7].copy_from_slice(&[0x82, 0x19, 0x00, 0x00, 0x19, 0x08, 0x00]);
        let reason = refused(damaged).to_string();
        assert!(reason.contains("its arrays have 4096 bytes"), "{reason}");
    }

    #[test]
    fn weights_that_could_not_be_read_again_are_not_written() {
        let array = Weights { name: "a".to_owned(), shape: vec![2], values: vec![1.0, f32::INFINITY] };
        assert!(matches!(pack(KIND, &[], vec![array]), Err(Error::Overflow { name }) if name == "a"));
    }

    #[test]
    fn damaged_bytes_never_panic() {
        let bytes = block_on(network().to_bytes()).unwrap();
        for length in (0..bytes.len()).step_by(97) {
            assert!(UNet::from_bytes(bytes[..length].to_vec(), &Device::flex()).is_err(), "{length}");
        }
        for place in 0..2000.min(bytes.len()) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x55;
            // A damaged weight is a weight: all that is asked is an answer.
            let _ = UNet::from_bytes(damaged, &Device::flex());
        }
    }
}
