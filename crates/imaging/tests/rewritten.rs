//! Files whose header is kept come back with any values, whatever the type, the encoding and the order of the axes.

use imaging::{Change, Compression, Limits, SampleType, Samples, decode, rewrite, with_values};
use ndarray::ArrayD;
use proptest::prelude::*;

/// A file of zeros.
#[derive(Debug, Clone)]
struct Template {
    file: Vec<u8>,
    /// Of the array.
    shape: Vec<usize>,
}

fn nrrd() -> impl Strategy<Value = Template> {
    let lengths = proptest::collection::vec(1_usize..5, 3..=4);
    let encodings = proptest::sample::select(vec!["raw", "gzip", "bzip2", "text"]);
    let endians = proptest::sample::select(vec!["little", "big"]);
    (lengths, 0_usize..4, encodings, endians).prop_map(|(lengths, layers, encoding, endian)| {
        // One of four axes is that of layers, wherever it is.
        let layers = (lengths.len() == 4).then_some(layers);
        let kind = |axis: usize| if layers == Some(axis) { "list" } else { "domain" };
        let words = |word: &dyn Fn(usize) -> String| (0..lengths.len()).map(word).collect::<Vec<_>>().join(" ");
        let header = format!(
            "NRRD0005\n# a comment\ntype: uchar\ndimension: {}\nsizes: {}\nkinds: {}\nencoding: text\nendian: {endian}\n\n",
            lengths.len(),
            words(&|axis| lengths[axis].to_string()),
            words(&|axis| kind(axis).to_owned()),
        );
        let zeros = "0 ".repeat(lengths.iter().product());
        let mut shape: Vec<usize> =
            (0..lengths.len()).rev().filter(|&axis| layers != Some(axis)).map(|axis| lengths[axis]).collect();
        if let Some(layers) = layers.map(|axis| lengths[axis]).filter(|&layers| layers > 1) {
            shape.insert(0, layers);
        }
        // The data of the template are text, and those of other encodings are written by way of it.
        let text = [header.as_bytes(), zeros.as_bytes()].concat();
        let file = in_encoding(&text, encoding, lengths.iter().product());
        Template { file, shape }
    })
}

/// The file of zeros in another encoding, made without the crate.
fn in_encoding(text: &[u8], encoding: &str, count: usize) -> Vec<u8> {
    let end = text.windows(2).position(|window| window == b"\n\n").unwrap() + 2;
    let header =
        String::from_utf8_lossy(&text[..end]).replace("encoding: text", &format!("encoding: {encoding}"));
    let data = match encoding {
        "raw" => vec![0; count],
        "gzip" => {
            packed(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()), count, |encoder| {
                encoder.finish().unwrap()
            })
        }
        "bzip2" => {
            packed(bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast()), count, |encoder| {
                encoder.finish().unwrap()
            })
        }
        _ => text[end..].to_vec(),
    };
    [header.as_bytes(), &data].concat()
}

fn packed<E: std::io::Write>(mut encoder: E, count: usize, finish: impl Fn(E) -> Vec<u8>) -> Vec<u8> {
    encoder.write_all(&vec![0; count]).unwrap();
    finish(encoder)
}

fn meta_image() -> impl Strategy<Value = Template> {
    let lengths = proptest::collection::vec(1_usize..5, 3);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (lengths, 1_usize..3, flags).prop_map(|(lengths, channels, (is_text, is_compressed, is_big))| {
        let count = lengths.iter().product::<usize>() * channels;
        let data = match (is_text, is_compressed) {
            (true, _) => "0 ".repeat(count).into_bytes(),
            (_, false) => vec![0; count],
            (_, true) => {
                let encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
                packed(encoder, count, |encoder| encoder.finish().unwrap())
            }
        };
        let name = |is: bool| if is { "True" } else { "False" };
        let header = format!(
            "ObjectType = Image\nNDims = 3\nBinaryData = {}\nBinaryDataByteOrderMSB = {}\nCompressedData = {}\n\
             CompressedDataSize = {}\nMine = a\nElementNumberOfChannels = {channels}\nDimSize = {} {} {}\n\
             ElementType = MET_UCHAR\nElementDataFile = LOCAL\n",
            name(!is_text),
            name(is_big),
            name(is_compressed && !is_text),
            data.len(),
            lengths[0],
            lengths[1],
            lengths[2],
        );
        let mut shape: Vec<usize> = lengths.into_iter().rev().collect();
        if channels > 1 {
            shape.insert(0, channels);
        }
        Template { file: [header.as_bytes(), &data].concat(), shape }
    })
}

fn any_type() -> impl Strategy<Value = SampleType> {
    // Those that these formats have.
    let types =
        SampleType::ALL.into_iter().filter(|kind| !matches!(kind, SampleType::Bool | SampleType::F16));
    proptest::sample::select(types.collect::<Vec<_>>())
}

/// The header, up to the samples, without the size of what is compressed.
fn header(file: &[u8]) -> String {
    let last: &[u8] = if file.starts_with(b"NRRD") { b"\n\n" } else { b"LOCAL\n" };
    let end = file.windows(last.len()).position(|window| window == last).unwrap() + last.len();
    let text = String::from_utf8(file[..end].to_vec()).unwrap();
    text.split_inclusive('\n').filter(|line| !line.starts_with("CompressedDataSize")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_values_of_any_type_come_back_in_the_axes_of_the_array(
        template in prop_oneof![nrrd(), meta_image()],
        sample_type in any_type(),
        seed in proptest::collection::vec(any::<u8>(), 256),
    ) {
        let limits = Limits::default();
        let signs = sample_type.max().is_none() || matches!(
            sample_type, SampleType::I8 | SampleType::I16 | SampleType::I32 | SampleType::I64
        );
        let value = |byte: u8| match (signs, sample_type.max()) {
            (true, None) => f32::from(byte) / 7.0 - 12.0,
            (true, Some(_)) => f32::from(byte as i8),
            (false, _) => f32::from(byte),
        };
        let mut bytes = seed.iter().cycle();
        let values = ArrayD::from_shape_simple_fn(template.shape.clone(), || value(*bytes.next().unwrap()));
        let samples = Samples::typed(values.view(), sample_type).unwrap();
        let file = with_values(&template.file, samples, Compression::None, &limits).unwrap();
        let image = decode(&file, &limits).unwrap().image;
        prop_assert_eq!(image.data(), values.view());
        prop_assert_eq!(image.sample_type(), sample_type);

        let last = values.len() - 1;
        let changes = [(0, Change::Copy(last)), (last, Change::Copy(last / 2))];
        let changed = rewrite(&file, None, &changes, Compression::None, &limits).unwrap();
        let mut expected: Vec<f32> = values.iter().copied().collect();
        (expected[0], expected[last]) = (expected[last], expected[last / 2]);
        if last == 0 {
            expected[0] = values.iter().copied().next().unwrap();
        }
        let found: Vec<f32> = decode(&changed, &limits).unwrap().image.data().iter().copied().collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(header(&changed), header(&file));
    }
}
