use ndarray::{Array, Array2, array};

use super::*;
use crate::remark::Remedy;
use crate::scale::Looks;

fn of(values: &[f32], sample_type: SampleType) -> Intensities<'static> {
    let values = Array::from_shape_vec((1, values.len()), values.to_vec()).unwrap();
    Intensities::owned(Image::from_grey(values.into_dyn(), sample_type), &[], None).unwrap()
}

/// A disc of the value `inner` in a square of the value `outer`, on 0; 24 x 24 pixels.
fn disc_in_square(inner: f32, outer: f32) -> Array2<f32> {
    Array2::from_shape_fn((24, 24), |(row, column)| {
        let (row, column) = (row as f32 - 11.5, column as f32 - 11.5);
        match row.abs().max(column.abs()) < 9.0 {
            true if row.hypot(column) < 6.0 => inner,
            true => outer,
            false => 0.0,
        }
    })
}

fn image(values: Array2<f32>, sample_type: SampleType) -> Intensities<'static> {
    Intensities::owned(Image::from_grey(values.into_dyn(), sample_type), &[], None).unwrap()
}

fn flat(scaled: &Scaled) -> Vec<f32> {
    scaled.values.iter().copied().collect()
}

fn auto(intensities: &Intensities<'_>) -> Result<Scaled, ScaleError> {
    intensities.map(&MapOptions::default())
}

#[test]
fn zero_and_one_other_value_are_a_mask_but_for_floats_below_one() {
    for (value, sample_type, kind) in [
        (1.0, SampleType::Bool, Kind::Mask),
        (255.0, SampleType::U8, Kind::Mask),
        (3.0, SampleType::U8, Kind::Mask),
        (1.0, SampleType::F32, Kind::Mask),
        (10.92, SampleType::F32, Kind::Mask),
        (0.99999994, SampleType::F32, Kind::Mask),
        (0.4, SampleType::F32, Kind::Map),
    ] {
        let scaled = auto(&of(&[0.0, value, value], sample_type)).unwrap();
        assert_eq!(
            (scaled.kind, scaled.remarks.is_empty()),
            (kind, kind == Kind::Mask),
            "{value} {sample_type}"
        );
    }
    let scaled = auto(&of(&[0.0, 0.4, 0.4], SampleType::F32)).unwrap();
    assert_eq!(scaled.remarks[0], Remark::TwoValues { value: 0.4 });
}

#[test]
fn images_of_one_value_are_masks_only_if_empty_or_full() {
    let kind = |value, sample_type| auto(&of(&[value; 3], sample_type)).unwrap().kind;
    assert_eq!(kind(0.0, SampleType::U8), Kind::Mask);
    assert_eq!(kind(255.0, SampleType::U8), Kind::Mask);
    assert_eq!(kind(1.0, SampleType::F32), Kind::Mask);
    assert_eq!(kind(128.0, SampleType::U8), Kind::Map);
    assert_eq!(kind(0.5, SampleType::F32), Kind::Map);
    let scaled = auto(&of(&[128.0; 3], SampleType::U8)).unwrap();
    assert_eq!(scaled.remarks[0], Remark::Constant { value: 128.0 });
}

#[test]
fn whole_numbers_in_regions_are_labels_whatever_their_values_and_type() {
    for (sample_type, inner, outer) in [
        (SampleType::U8, 1.0, 64.0),
        (SampleType::U16, 200.0, 40_000.0),
        (SampleType::I32, 1012.0, 2035.0),
        (SampleType::F32, 2.0, 3.0),
    ] {
        let scaled = auto(&image(disc_in_square(inner, outer), sample_type)).unwrap();
        let labels = vec![inner as i64, outer as i64];
        assert_eq!((scaled.kind, &scaled.labels), (Kind::Labels, &labels));
        assert_eq!(scaled.remarks, [Remark::SeveralLabels { labels }]);
        assert_eq!(scaled.values.sum(), 18.0 * 18.0);
    }
}

#[test]
fn labels_that_a_slope_has_moved_are_labels() {
    let rescaled = |value: f32| Intensities {
        storage: Storage { sample_type: SampleType::I16, is_rescaled: true, is_lossy: false },
        ..image(disc_in_square(value, 1.999_999_9), SampleType::I16)
    };
    let scaled = auto(&rescaled(1.000_015_3)).unwrap();
    assert_eq!((scaled.kind, scaled.labels), (Kind::Labels, vec![1, 2]));
    assert_eq!(
        auto(&rescaled(1.2)).unwrap_err().to_string().split(';').next(),
        Some("the int16 values range from 0 to 1.9999999")
    );
}

#[test]
fn labels_are_chosen_and_those_that_are_absent_are_named() {
    let labels = image(disc_in_square(1.0, 2.0), SampleType::U8);
    let choose = |labels_wanted: &[i64]| {
        labels.map(&MapOptions { labels: Some(labels_wanted.to_vec()), ..MapOptions::default() }).unwrap()
    };
    assert_eq!(choose(&[1]).values.sum() + choose(&[2]).values.sum(), 18.0 * 18.0);
    assert_eq!(choose(&[1, 2]).values.sum(), 18.0 * 18.0);
    assert_eq!(choose(&[0]).values.sum(), 24.0 * 24.0 - 18.0 * 18.0, "the background");
    let absent = choose(&[7]);
    assert_eq!(absent.remarks, [Remark::AbsentLabels { absent: vec![7], labels: vec![1, 2] }]);
    assert_eq!(absent.scale.to_string(), "label 7: 1 where the file has it");
    let map = of(&[0.0, 0.3, 0.6], SampleType::F32);
    let error = map.map(&MapOptions { labels: Some(vec![1]), ..MapOptions::default() }).unwrap_err();
    assert_eq!(error, ScaleError::NotWhole { value: 0.3 });
}

#[test]
fn labels_without_background_or_below_it_are_refused() {
    let all =
        image(disc_in_square(1.0, 2.0).mapv(|value| if value == 0.0 { 1.0 } else { value }), SampleType::U8);
    let error = auto(&all).unwrap_err();
    assert!(matches!(&error, ScaleError::NoBackground { labels, .. } if labels == &[1, 2]));
    assert!(error.to_string().contains("--labels 2 takes label 2 alone"), "{error}");
    let below = image(disc_in_square(1.0, -1.0), SampleType::I16);
    let error = auto(&below).unwrap_err();
    assert!(error.to_string().contains("--ignore -1"), "{error}");
    let ignored = below.map(&MapOptions { ignore: vec![-1.0], ..MapOptions::default() }).unwrap();
    assert_eq!(ignored.kind, Kind::Mask);
    assert!(matches!(ignored.remarks[..], [Remark::Ignored { .. }]), "{:?}", ignored.remarks);
}

#[test]
fn slopes_are_maps_and_faint_ones_say_so() {
    let slope = |highest: f32| {
        Array2::from_shape_fn((64, 64), |(row, column)| {
            (highest * (1.0 - ((row as f32 - 30.0).hypot(column as f32 - 33.0) / 40.0).min(1.0))).round()
        })
    };
    let scaled = auto(&image(slope(59.0), SampleType::U8)).unwrap();
    assert_eq!((scaled.kind, scaled.scale), (Kind::Map, Scale::Divided(255.0)));
    assert_eq!(scaled.remarks, [Remark::Faint { largest: 59.0, full_scale: 255.0, may_be_scaled: true }]);
    let bright = auto(&image(slope(255.0), SampleType::U8)).unwrap();
    assert_eq!((bright.kind, bright.remarks), (Kind::Map, vec![]));
    let twelve_bit = auto(&image(slope(4095.0), SampleType::U16)).unwrap();
    let by = Remedy::Normalise(Normalisation::Divide { by: 4095.0 });
    assert_eq!(twelve_bit.remarks[0].remedies()[0], by);
    let options = MapOptions { scaling: Some("divide:4095".parse().unwrap()), ..MapOptions::default() };
    let values = image(slope(4095.0), SampleType::U16).map(&options).unwrap().values;
    assert_eq!(values.iter().copied().fold(0.0, f32::max), 1.0);
}

#[test]
fn what_is_compressed_with_loss_is_a_map() {
    let picture =
        Image::from_grey(disc_in_square(20.0, 40.0).into_dyn(), SampleType::U8).compressed_with_loss();
    let picture = Intensities::new(&picture, &[], None).unwrap();
    let scaled = auto(&picture).unwrap();
    assert_eq!((scaled.kind, &scaled.remarks[0]), (Kind::Map, &Remark::Lossy));
    assert_eq!(scaled.remarks[1].remedies(), [], "stretched, the fainter of two labels would be background");
    for meaning in [Meaning::Mask, Meaning::Labels] {
        let error = picture.map(&MapOptions { meaning, ..MapOptions::default() }).unwrap_err();
        assert_eq!(error, ScaleError::Lossy { wanted: meaning });
    }
}

#[test]
fn what_the_user_says_counts() {
    let values = of(&[0.0, 3.0, 1.0], SampleType::U8);
    let kind = |meaning| {
        let scaled = values.map(&MapOptions { meaning, ..MapOptions::default() }).unwrap();
        (scaled.kind, scaled.scale)
    };
    assert_eq!(kind(Meaning::Map), (Kind::Map, Scale::Divided(255.0)));
    assert_eq!(kind(Meaning::Mask), (Kind::Mask, Scale::Mask));
    assert_eq!(kind(Meaning::Labels), (Kind::Labels, Scale::Labels(None)));
    let stretched = MapOptions { scaling: Some(Scaling::To(Normalisation::MinMax)), ..MapOptions::default() };
    assert_eq!(flat(&values.map(&stretched).unwrap()), [0.0, 1.0, 1.0 / 3.0]);
}

#[test]
fn colours_of_a_palette_are_labels_and_its_greys_are_greys() {
    let image = |palette: Vec<[u8; 3]>| {
        let indices = vec![0., 0., 1., 1., 2., 2.];
        let image = Image::interleaved(&[1, 6], Channels::Index, SampleType::U8, indices).unwrap();
        Intensities::owned(image.with_palette(palette), &[], None).unwrap()
    };
    let greys = image(vec![[0; 3], [90; 3], [255; 3]]);
    assert_eq!(greys.values().iter().copied().collect::<Vec<_>>(), [0., 0., 90., 90., 255., 255.]);
    let colours = image(vec![[0; 3], [90, 0, 0], [255; 3]]);
    assert_eq!(auto(&colours).unwrap().labels, [1, 2]);
    let as_map = MapOptions { meaning: Meaning::Map, ..MapOptions::default() };
    assert_eq!(flat(&colours.map(&as_map).unwrap())[4], 1.0, "luma");
}

#[test]
fn few_colours_in_regions_are_labels() {
    let colour = |class: f32| match class as u8 {
        1 => [48., 112., 32.],
        2 => [176., 112., 32.],
        _ => [0.; 3],
    };
    let samples: Vec<f32> = disc_in_square(1.0, 2.0).iter().flat_map(|&class| colour(class)).collect();
    let image = Image::interleaved(&[24, 24], Channels::Rgb, SampleType::U8, samples).unwrap();
    let scaled = auto(&Intensities::new(&image, &[], None).unwrap()).unwrap();
    assert_eq!((scaled.kind, scaled.labels, scaled.values.sum()), (Kind::Labels, vec![1, 2], 18.0 * 18.0));
    assert_eq!(scaled.remarks[0].to_string(), "the colours are taken for labels: #307020 is 1, #b07020 is 2");
}

#[test]
fn a_mask_in_the_alpha_channel_is_found() {
    let mask = disc_in_square(255.0, 255.0);
    let samples: Vec<f32> = mask.iter().flat_map(|&alpha| [0., 0., 0., alpha]).collect();
    let image = Image::interleaved(&[24, 24], Channels::Rgba, SampleType::U8, samples).unwrap();
    let scaled = auto(&Intensities::new(&image, &[], None).unwrap()).unwrap();
    assert_eq!(
        (scaled.kind, scaled.values.sum(), scaled.remarks),
        (Kind::Mask, 18.0 * 18.0, vec![Remark::Alpha])
    );
    let samples: Vec<f32> = mask.iter().flat_map(|&value| [value, 255. - value]).collect();
    let image = Image::interleaved(&[24, 24], Channels::GreyAlpha, SampleType::U8, samples).unwrap();
    let scaled = auto(&Intensities::new(&image, &[], None).unwrap()).unwrap();
    assert_eq!(scaled.remarks, vec![Remark::AlphaIgnored]);
}

#[test]
fn volumes_of_nifti_keep_their_scale() {
    let slices = array![[[0_u8, 100, 200]]].into_dyn();
    let file = crate::encode_nifti(slices.view().into(), None, crate::Compression::None).unwrap();
    let image = crate::decode(&file, &crate::Limits::default()).unwrap().image;
    let volume = Intensities::new(&image, &[], None).unwrap();
    assert_eq!(volume.scaled(None).unwrap().scale, Scale::AsInFile);
    assert!(volume.geometry().is_some());
    assert!(Intensities::new(&image, &[Some(0)], None).unwrap().geometry().is_none());
    assert_eq!(Intensities::new(&image, &[], Some(2)).unwrap().shape(), [1, 3]);
}

#[test]
fn values_beyond_the_interval_are_refused_or_clamped_or_kept_whatever_the_scaling() {
    for (scaling, sample_type) in
        [(None, SampleType::F32), (Some(Scaling::To(Normalisation::TypeRange)), SampleType::F32)]
    {
        let wild = of(&[-1.0, 0.5, 2.0], sample_type);
        let map = |beyond| wild.map(&MapOptions { scaling, beyond, ..MapOptions::default() });
        let expected = ScaleError::Range { sample_type, low: -1.0, high: 2.0, looks: Looks::Logits };
        assert_eq!(map(Beyond::Refuse), Err(expected));
        assert_eq!(flat(&map(Beyond::Clamp).unwrap()), [0.0, 0.5, 1.0]);
        assert_eq!(flat(&map(Beyond::Keep).unwrap()), [-1.0, 0.5, 2.0]);
    }
}

#[test]
fn values_beyond_by_rounding_are_cut_off_and_that_is_said() {
    let scaled = auto(&of(&[-1e-6, 0.5, 1.000_01], SampleType::F32)).unwrap();
    assert_eq!(flat(&scaled), [0.0, 0.5, 1.0]);
    assert!(matches!(scaled.remarks[..], [Remark::Rounded { .. }]));
}

#[test]
fn the_message_about_the_range_names_what_fits_the_values() {
    for (values, sample_type, option) in [
        (&[-0.05, 0.5, 1.02][..], SampleType::F32, "--clamp "),
        (&[-43.6, 0.2, 6.1], SampleType::F32, "--sigmoid "),
        (&[-9999.0, -9999.0, 0.25, 1.0], SampleType::F32, "--ignore -9999 "),
        (&[0.25, 1.0, 0.5, 255.0], SampleType::F32, "--ignore 255 "),
        (&[0.0, 37.5, 99.25], SampleType::F32, "--normalise divide:100 "),
        (&[-1024.0, 30.0, 1900.0], SampleType::I16, "--normalise minmax "),
    ] {
        let message = auto(&of(values, sample_type)).unwrap_err().to_string();
        assert!(message.contains(&format!("needed: {option}")), "{message}");
    }
    let logits = MapOptions { scaling: Some(Scaling::Sigmoid), ..MapOptions::default() };
    assert_eq!(
        flat(&of(&[0.0, -200.0, f32::INFINITY], SampleType::F32).map(&logits).unwrap()),
        [0.5, 0.0, 1.0]
    );
}

#[test]
fn nan_is_refused_unless_it_is_background() {
    let values = of(&[0.0, f32::NAN, 0.5, 0.7], SampleType::F32);
    let error = auto(&values).unwrap_err();
    assert_eq!(error, ScaleError::NotANumber { position: vec![0, 1], pixels: 1, total: 4 });
    assert!(error.to_string().contains("--nan background"));
    let options = MapOptions { nan_is_background: true, ..MapOptions::default() };
    let scaled = values.map(&options).unwrap();
    assert_eq!(
        (flat(&scaled), &scaled.remarks[..]),
        (vec![0.0, 0.0, 0.5, 0.7], &[Remark::NanBackground { pixels: 1 }][..])
    );
}
