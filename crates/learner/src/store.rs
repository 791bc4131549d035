//! Networks as bytes, in burn's own format (burnpack).

use burn::{module::Module, tensor::Device};

use crate::{
    Error, ForeignBytes, UNet, UNetConfig,
    burnpack::{Kind, Pack, Unpacked},
    weights::{self, Weights},
};

const KIND: Kind = ("network", "bettiscope unet 2d");

impl UNet {
    /// The network as bytes, with its size: 4 bytes for each weight and some kilobytes more.
    ///
    /// # Errors
    ///
    /// If a weight is not finite, or the device fails.
    pub async fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut pack = Pack::default();
        write_size(self.config(), &mut pack);
        pack.arrays(weights::read(self).await?);
        pack.into_bytes(KIND)
    }

    /// The network that [`UNet::to_bytes`] wrote, on a device.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self, Error> {
        let unpacked = Unpacked::read(bytes, KIND)?;
        let size = read_size(&unpacked)?;
        network(size, unpacked.into_arrays(), device)
    }
}

/// What [`read_size`] reads.
pub(crate) fn write_size(UNetConfig { width, depth, classes }: UNetConfig, pack: &mut Pack) {
    pack.entry("width", width);
    pack.entry("depth", depth);
    // As networks were written when there was but one.
    pack.optional("classes", (classes > 1).then_some(classes));
}

/// The size of the network.
pub(crate) fn read_size(unpacked: &Unpacked) -> Result<UNetConfig, ForeignBytes> {
    let size = |key| unpacked.value(key).map_err(|_| ForeignBytes::Size { key });
    let classes = unpacked.optional("classes").map_err(|_| ForeignBytes::Size { key: "classes" })?;
    Ok(UNetConfig { width: size("width")?, depth: size("depth")?, classes: classes.unwrap_or(1) })
}

/// A network of this size with these weights. Nothing is made of the size before it is known that there are as many
/// weights.
pub(crate) fn network(config: UNetConfig, weights: Vec<Weights>, device: &Device) -> Result<UNet, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Bytes;
    use burn_pack::{DType, Tensor, Writer};
    use ndarray::Array2;
    use pollster::block_on;

    fn network() -> UNet {
        UNetConfig { width: 2, depth: 2, ..UNetConfig::default() }.init(7, &Device::flex()).unwrap()
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
    fn a_network_of_several_classes_comes_back_with_them() {
        let network = UNetConfig { width: 2, depth: 1, classes: 4 }.init(7, &Device::flex()).unwrap();
        let bytes = block_on(network.to_bytes()).unwrap();
        let again = UNet::from_bytes(bytes.clone(), &Device::flex()).unwrap();
        assert_eq!(again.config(), network.config());
        assert_eq!(block_on(again.to_bytes()).unwrap(), bytes);
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
        let config = UNetConfig {
            width: UNetConfig::MAX_WIDTH,
            depth: UNetConfig::MAX_DEPTH,
            ..UNetConfig::default()
        };
        let bytes = |weights| {
            let mut pack = Pack::default();
            write_size(config, &mut pack);
            pack.arrays(weights);
            pack.into_bytes(KIND).unwrap()
        };
        let without = bytes(Vec::new());
        assert!(without.len() < 1000, "{}", without.len());
        assert!(
            matches!(refused(without), ForeignBytes::Weights { names } if names.contains(&"head.bias".to_owned()))
        );
        let one = Weights { name: "encoder.6.1.weight".to_owned(), shape: vec![1, 2], values: vec![0.0; 2] };
        assert!(
            matches!(refused(bytes(vec![one])), ForeignBytes::Weights { names } if names[0] == "encoder.6.1.weight")
        );
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
