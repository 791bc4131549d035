//! What `bettiscope repair` keeps of a file.

use imaging::{Compression, Geometry, SampleType, Samples, encode_nifti, encode_npy, encode_tiff};
use ndarray::{Array3, ArrayD, array};

use crate::kit::{Folder, drawing};

/// A block and an island, which goes.
fn volume() -> ArrayD<f32> {
    let in_block = |z, y, x| (1..3).contains(&z) && (1..4).contains(&y) && (1..4).contains(&x);
    let voxel = |(z, y, x)| f32::from(u8::from(in_block(z, y, x) || [z, y, x] == [0, 0, 5]));
    Array3::from_shape_fn((4, 5, 6), voxel).into_dyn()
}

fn typed(values: &ArrayD<f32>, sample_type: SampleType) -> Samples<'_> {
    Samples::typed(values.view(), sample_type).unwrap()
}

#[test]
fn every_type_stays_in_the_format_that_has_it() {
    let folder = Folder::new();
    let volume = volume();
    let mut repaired = volume.clone();
    repaired[[0, 0, 5]] = 0.0;
    for sample_type in SampleType::ALL {
        folder.write("in.npy", &encode_npy(typed(&volume, sample_type)).unwrap());
        folder.write("in.tif", &encode_tiff(typed(&volume, sample_type)).unwrap());
        let nifti = encode_nifti(typed(&volume, sample_type), None, Compression::Gzip);
        folder.write("in.nii.gz", &nifti.unwrap());
        for (old, new) in
            [("in.npy", "out.npy"), ("in.tif", "out.tif"), ("in.nii.gz", "out.nii"), ("in.npy", "out.nii.gz")]
        {
            let run = folder.run(&["repair", old, "--betti", "1,0,0", "-o", new]).expect(0);
            let (before, after) = (folder.image(old), folder.image(new));
            assert_eq!(after.data(), repaired, "{sample_type} {new}");
            let has_type = (old, new) != ("in.npy", "out.nii.gz")
                || !matches!(sample_type, SampleType::Bool | SampleType::F16);
            assert_eq!(before.sample_type() == after.sample_type(), has_type, "{sample_type} {new}");
            assert_eq!(
                run.err.contains("is written as"),
                !has_type && sample_type == SampleType::F16,
                "{}",
                run.err
            );
        }
    }
}

#[test]
fn a_nifti_stays_as_it_is_to_the_byte_but_for_its_voxels() {
    let folder = Folder::new();
    let affine = [[-2.0, 0.0, 0.0, 90.0], [0.0, 2.0, 0.0, -126.0], [0.0, 0.0, 3.0, -72.0]];
    let geometry = Geometry { spacing: vec![3.0, 2.0, 2.0], affine: Some(affine) };
    let file = encode_nifti(typed(&volume(), SampleType::I16), Some(&geometry), Compression::None);
    let mut file = file.unwrap();
    // Units, codes of both placements, the quaternion, slope, description, auxiliary file, intent.
    file[123] = 2 | 8;
    file[252] = 1;
    file[254] = 4;
    file[256..268].copy_from_slice(&[0.0_f32, 0.0, 1.0].map(f32::to_le_bytes).concat());
    file[148..153].copy_from_slice(b"label");
    file[228..231].copy_from_slice(b"aux");
    file[68] = 2;
    file[328..333].copy_from_slice(b"names");
    folder.write("in.nii", &file);
    let repair = |output: &str, more: &[&str]| {
        folder.run(&[&["repair", "in.nii", "--betti", "1,0,0", "-o", output], more].concat()).expect(0)
    };
    repair("out.nii", &[]);
    let new = std::fs::read(folder.path("out.nii")).unwrap();
    let differ: Vec<usize> = (0..file.len()).filter(|&at| file[at] != new[at]).collect();
    assert_eq!((new.len(), differ), (file.len(), vec![352 + 2 * 5]), "the island");

    // Values that have been normalised are of another type, at the same place.
    repair("map.nii", &["--normalise", "minmax", "--as", "map"]);
    let map = std::fs::read(folder.path("map.nii")).unwrap();
    let place = |file: &[u8]| [&file[76..112], &file[123..124], &file[148..345]].concat();
    assert_eq!(place(&map), place(&file));
    assert_eq!(folder.image("map.nii").sample_type(), SampleType::F32);

    let run = repair("out.npy", &[]);
    assert!(run.err.contains("the place in space is not kept: .nii and .nii.gz have one"), "{}", run.err);
    let slice = ["repair", "in.nii", "--betti", "1,0", "--index", "2", "-o", "slice.nii"];
    let run = folder.run(&slice).expect(0);
    assert!(run.err.contains("of the file a part was taken: its place in space is not kept"), "{}", run.err);
}

#[test]
fn labels_beyond_what_floats_hold_stay_or_are_refused() {
    let folder = Folder::new();
    let header = "{'descr': '<i8', 'fortran_order': False, 'shape': (1, 5), }";
    let mut file = b"\x93NUMPY\x01\0".to_vec();
    file.extend([header.len() as u8, 0]);
    file.extend(header.as_bytes());
    let large = 9_007_199_254_740_993_i64;
    [large, large, 0, 0, 3].iter().for_each(|label| file.extend(label.to_le_bytes()));
    folder.write("in.npy", &file);
    let repair = |output| folder.run(&["repair", "in.npy", "--as", "mask", "--betti", "1,0", "-o", output]);
    repair("out.npy").expect(0);
    let new = std::fs::read(folder.path("out.npy")).unwrap();
    assert_eq!(new[..file.len() - 8], file[..file.len() - 8]);
    assert_eq!(new[file.len() - 8..], [0; 8], "the island");
    let run = repair("out.nii").expect(2);
    assert!(run.err.contains("cannot be kept as int64") && run.err.contains(".npy"), "{}", run.err);
    assert!(!folder.path("out.nii").exists());
}

#[test]
fn pictures_keep_their_palette_and_their_bits() {
    let folder = Folder::new();
    let mut palette = Vec::new();
    let mut encoder = png::Encoder::new(&mut palette, 9, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![0, 0, 0, 255, 0, 0, 0, 0, 255]);
    let packed = [0b0101_0010, 0b1010_0000, 0b0100_0000];
    encoder.write_header().unwrap().write_image_data(&packed).unwrap();
    folder.write("palette.png", &palette);
    let mut bits = Vec::new();
    let mut encoder = png::Encoder::new(&mut bits, 9, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().unwrap().write_image_data(&[0b1101_1100, 0b1000_0000]).unwrap();
    folder.write("bits.png", &bits);

    for (name, colour, depth) in [
        ("palette.png", png::ColorType::Indexed, png::BitDepth::Two),
        ("bits.png", png::ColorType::Grayscale, png::BitDepth::One),
    ] {
        let repair = ["repair", name, "--betti", "1,0", "-o", "out.png", "--strategy", "fill-or-remove"];
        folder.run(&repair).expect(0);
        let file = std::fs::read(folder.path("out.png")).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        assert_eq!((reader.info().color_type, reader.info().bit_depth), (colour, depth));
        folder.run(&["check", "out.png", "--betti", "1,0"]).expect(0);
    }
    let run = folder.run(&["repair", "palette.png", "--betti", "1,0", "-o", "out.npy"]).expect(0);
    assert!(run.err.contains("the palette is not kept"), "{}", run.err);
    folder.run(&["repair", "bits.png", "--betti", "1,0", "-o", "out.npy"]).expect(0);
    assert_eq!(folder.image("out.npy").sample_type(), SampleType::Bool);
}

#[test]
fn labels_in_colour_keep_their_colours_or_it_is_said_what_stands_for_them() {
    const RED: [u8; 3] = [255, 0, 0];
    const BLUE: [u8; 3] = [0, 0, 255];
    let folder = Folder::new();
    let colour = |place: usize| match (place / 12, place % 12) {
        (2..=5, 1..=4) => RED,
        (2..=5, 6..=9) => BLUE,
        (7, 11) => RED,
        _ => [0; 3],
    };
    let mut pixels: Vec<u8> = (0..96).flat_map(colour).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 12, 8);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    folder.write("in.png", &file);

    let repair = |output| folder.run(&["repair", "in.png", "--betti", "2,0", "-o", output]).expect(0);
    assert!(repair("out.png").err.contains("#ff0000 is 2"));
    let island = 95 * 3;
    pixels[island..].fill(0);
    let out = folder.image("out.png");
    assert_eq!(out.channels(), imaging::Channels::Rgb);
    assert!(out.data().iter().copied().eq(pixels.into_iter().map(f32::from)), "but for the island as it was");

    let run = repair("out.tif");
    let said = "the numbers of the labels are written (the colours are taken for labels: #0000ff is 1, #ff0000 is 2)";
    assert!(run.err.contains(said), "{}", run.err);
    let numbers = folder.image("out.tif");
    assert_eq!([(3, 2), (3, 7), (7, 11)].map(|(row, column)| numbers.data()[[row, column]]), [2.0, 1.0, 0.0]);
}

#[test]
fn what_a_picture_cannot_hold_is_refused_with_what_can() {
    let folder = Folder::new();
    let labels = array![[1.0_f32, 1.0, 0.0, 70_000.0, 0.0, 3.0]].into_dyn();
    folder.write("labels.npy", &encode_npy(typed(&labels, SampleType::I32)).unwrap());
    let run =
        folder.run(&["repair", "labels.npy", "--as", "mask", "--betti", "3,0", "-o", "out.png"]).expect(2);
    assert!(run.err.contains("70000 cannot be kept as uint16"), "{}", run.err);
    let few = labels.mapv(|label| if label > 3.0 { 300.0 } else { label });
    folder.write("few.npy", &encode_npy(typed(&few, SampleType::I32)).unwrap());
    let run = folder.run(&["repair", "few.npy", "--as", "mask", "--betti", "3,0", "-o", "out.png"]).expect(0);
    assert!(run.err.contains("out.png: int32 is written as uint16"), "{}", run.err);
    assert_eq!(folder.image("out.png").data(), few);
}

#[test]
fn a_map_of_any_type_keeps_its_values_but_for_those_that_change_sides() {
    let folder = Folder::new();
    let map = array![[0.875_f32, 0.25, 0.625, 0.125]].into_dyn();
    for sample_type in [SampleType::F16, SampleType::F32, SampleType::F64] {
        folder.write("in.npy", &encode_npy(typed(&map, sample_type)).unwrap());
        folder.run(&["repair", "in.npy", "--betti", "1,0", "--threshold", "0.3", "-o", "out.npy"]).expect(0);
        folder.run(&["check", "out.npy", "--betti", "1,0", "--threshold", "0.3"]).expect(0);
        let out = folder.image("out.npy");
        assert_eq!(out.sample_type(), sample_type);
        let differ = map.iter().zip(out.data()).filter(|(old, new)| *old != *new).count();
        assert_eq!(differ, 1);
    }
    // Bytes with a slope of 1/200.
    let bytes = array![[[180_u8, 40, 120, 20]]].into_dyn();
    let mut file = encode_nifti(Samples::from(bytes.view()), None, Compression::None).unwrap();
    file[112..116].copy_from_slice(&(1.0_f32 / 200.0).to_le_bytes());
    folder.write("in.nii", &file);
    folder.run(&["repair", "in.nii", "--betti", "1,0,0", "--as", "map", "-o", "out.nii"]).expect(0);
    let new = std::fs::read(folder.path("out.nii")).unwrap();
    assert_eq!(new[..352], file[..352]);
    assert_eq!(new[352..], [180, 40, 99, 20]);
}

#[test]
fn one_pixel_that_is_bridged_has_the_label_of_its_neighbour() {
    let folder = Folder::new();
    let labels = drawing(&["##.##", "##.##"]) * 40;
    folder.write("in.tif", &encode_tiff(Samples::from(labels.mapv(u16::from).view())).unwrap());
    let repair = ["repair", "in.tif", "--betti", "1,0", "--strategy", "bridge-or-cut", "-o", "out.tif"];
    folder.run(&repair).expect(0);
    let out = folder.image("out.tif");
    assert_eq!(out.sample_type(), SampleType::U16);
    assert!(out.data().iter().all(|&value| value == 0.0 || value == 40.0));
    assert_eq!(out.data().iter().filter(|&&value| value == 40.0).count(), 9);
}
