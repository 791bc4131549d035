//! TIFF of several pages, and what ImageJ, OME-XML, tifffile, MetaMorph and Zeiss say of them.

use super::tiff::{Field, Page, file};
use super::{File, cut, fails, loads};

pub(super) fn files() -> Vec<File> {
    let mut files = imagej();
    files.extend(ome());
    files.extend(shaped());
    files.extend(others());
    files
}

/// Pages of one row and two columns: page n has the values n and 100 + n.
fn pages(count: u8, description: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = (0..count).map(|n| Page::grey(2, 1, 8, vec![n, 100 + n])).collect();
    if !description.is_empty() {
        pages[0] = pages[0].clone().described(description);
    }
    pages
}

/// All planes behind the first page.
fn one_page(count: u8, description: &str) -> Vec<u8> {
    let pixels: Vec<u8> = (0..count).flat_map(|n| [n, 100 + n]).collect();
    file(false, &[Page { pixels, ..Page::grey(2, 1, 8, vec![0, 100]).described(description) }])
}

/// The values of these pages.
fn planes(order: &[u8]) -> Vec<f64> {
    order.iter().flat_map(|&n| [f64::from(n), f64::from(100 + n)]).collect()
}

fn imagej() -> Vec<File> {
    let hyperstack = "ImageJ=1.54f\nimages=6\nchannels=2\nslices=3\nhyperstack=true\nmode=grayscale\n";
    let all = "ImageJ=1.54f\nimages=8\nchannels=2\nslices=2\nframes=2\n";
    let swapped = "ImageJ=1.54f\nimages=6\nchannels=2\nslices=3\norder=zct\n";
    let channels_first = planes(&[0, 2, 4, 1, 3, 5]);
    let axes = &["channels", "slices", "rows", "columns"];
    vec![
        loads("imagej_zc.tif", &[2, 3, 1, 2], "uint8", &channels_first, file(false, &pages(6, hyperstack)))
            .along(axes)
            .noted(&[]),
        loads("imagej_tzc.tif", &[2, 2, 2, 1, 2], "uint8", &planes(&[0, 2, 1, 3, 4, 6, 5, 7]), {
            file(true, &pages(8, all))
        })
        .along(&["time points", "channels", "slices", "rows", "columns"]),
        loads("imagej_order.tif", &[2, 3, 1, 2], "uint8", &planes(&[0, 1, 2, 3, 4, 5]), {
            file(false, &pages(6, swapped))
        })
        .along(axes),
        loads("imagej_one_page.tif", &[2, 3, 1, 2], "uint8", &channels_first, one_page(6, hyperstack))
            .along(axes)
            .noted(&[]),
        loads(
            "imagej_old.tif",
            &[3, 1, 2],
            "uint8",
            &planes(&[0, 1, 2]),
            one_page(3, "ImageJ=1.30\nimages=3\n"),
        ),
        fails("imagej_one_page_short.tif", "fewer planes than promised", {
            // Three planes, and the directory of some 160 bytes where further ones would be.
            one_page(3, "ImageJ=1.54f\nimages=600\nslices=600\n")
        })
        .saying("promises 600 images (600 slices), but the file has 1 page and room for"),
        fails("imagej_promises_more.tif", "fewer pages than promised", file(false, &pages(5, hyperstack)))
            .saying("promises 6 images (3 slices x 2 channels), but the file has 5 pages"),
        fails("imagej_chain_cut.tif", "the second directory is lost", {
            let whole = file(false, &pages(6, hyperstack));
            cut(&whole, whole.len() / 3)
        })
        .saying("the file is cut"),
        loads("imagej_promises_less.tif", &[7, 1, 2], "uint8", &planes(&[0, 1, 2, 3, 4, 5, 6]), {
            file(false, &pages(7, hyperstack))
        })
        .noted(&["6 images, and the file has 7 pages"]),
        loads("imagej_says_nothing.tif", &[2, 1, 2], "uint8", &planes(&[0, 1]), {
            file(false, &pages(2, "ImageJ=1.54f\nunit=micron\n"))
        })
        .noted(&[]),
        fails("imagej_contradiction_one_page.tif", "fewer pages than promised", {
            one_page(1, "ImageJ=1.54f\nimages=600\nslices=300\n")
        })
        .saying("promises 600 images"),
        loads("imagej_contradiction.tif", &[6, 1, 2], "uint8", &planes(&[0, 1, 2, 3, 4, 5]), {
            file(false, &pages(6, "ImageJ=1.54f\nimages=6\nslices=2\n"))
        })
        .noted(&["6 images in the order \"czt\" are 1 channels, 2 slices, 1 frames"])
        .along(&["pages", "rows", "columns"]),
    ]
}

fn ome() -> Vec<File> {
    let text = |sizes: &str, data: &str, more: &str| {
        format!(
            r#"<?xml version="1.0"?><!-- <Pixels/> --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1"><Image ID="Image:0"><Pixels DimensionOrder="XYCZT" Type="uint8" {sizes}>{data}</Pixels></Image>{more}</OME>"#
        )
    };
    let sizes = r#"SizeX="2" SizeY="1" SizeZ="3" SizeC="2" SizeT="1""#;
    let axes = &["channels", "slices", "rows", "columns"];
    let order: String = (0..6)
        .map(|n| format!(r#"<TiffData IFD="{}" FirstC="{}" FirstZ="{}"/>"#, 5 - n, n % 2, n / 2))
        .collect();
    let elsewhere = r#"<TiffData FirstZ="0" IFD="0"><UUID FileName="a.ome.tif">urn:uuid:1</UUID></TiffData><TiffData FirstZ="1" IFD="0"><UUID FileName="b.ome.tif">urn:uuid:2</UUID></TiffData>"#;
    let rest = r#"<Image ID="Image:1"><Pixels SizeX="2" SizeY="1" SizeZ="1" SizeC="1" SizeT="1"/></Image>"#;
    let file = |count, text: &str| file(false, &pages(count, text));
    vec![
        loads(
            "ome.tif",
            &[2, 3, 1, 2],
            "uint8",
            &planes(&[0, 2, 4, 1, 3, 5]),
            file(6, &text(sizes, "<TiffData/>", "")),
        )
        .along(axes)
        .noted(&[]),
        loads(
            "ome_order.tif",
            &[2, 3, 1, 2],
            "uint8",
            &planes(&[5, 3, 1, 4, 2, 0]),
            file(6, &text(sizes, &order, "")),
        )
        .along(axes),
        loads("ome_one_page.tif", &[2, 3, 1, 2], "uint8", &planes(&[0, 2, 4, 1, 3, 5]), {
            one_page(6, &text(sizes, r#"<TiffData IFD="0" PlaneCount="6"/>"#, ""))
        }),
        loads("ome_two_images.tif", &[2, 3, 1, 2], "uint8", &planes(&[0, 2, 4, 1, 3, 5]), {
            file(7, &text(sizes, r#"<TiffData IFD="0" PlaneCount="6"/>"#, rest))
        })
        .noted(&["OME-XML lists 1 more"]),
        loads("ome_undescribed.tif", &[2, 3, 1, 2], "uint8", &planes(&[0, 2, 4, 1, 3, 5]), {
            file(7, &text(sizes, r#"<TiffData IFD="0" PlaneCount="6"/>"#, ""))
        })
        .noted(&["describes 6 of the 7 pages"]),
        fails("ome_promises_more.tif", "fewer pages than promised", file(5, &text(sizes, "<TiffData/>", "")))
            .saying("promises 6 images (3 slices x 2 channels), but the file has 5 pages"),
        fails("ome_several_files.tif", "the planes are in other files", file(3, &text(sizes, elsewhere, "")))
            .saying("several files, such as b.ome.tif"),
        fails("ome_page_missing.tif", "a plane is on a page that is not there", {
            file(6, &text(sizes, r#"<TiffData IFD="1" PlaneCount="6"/>"#, ""))
        })
        .saying("a plane is on page 7, and the file has 6 pages"),
        fails("ome_plane_missing.tif", "nothing is said of a plane", {
            file(6, &text(sizes, r#"<TiffData IFD="0" PlaneCount="5"/>"#, ""))
        })
        .saying("promises 6 planes, and says of 5 where they are"),
        fails("ome_planes_twice.tif", "a plane is on two pages", {
            file(6, &text(sizes, &r#"<TiffData IFD="0" PlaneCount="6"/>"#.repeat(2), ""))
        })
        .saying("says of more where they are"),
        fails("ome_other_size.tif", "pages of another size", {
            file(1, &text(r#"SizeX="3" SizeY="1""#, "", ""))
        })
        .saying("1 x 3 pixels, but they have 1 x 2"),
        loads(
            "ome_broken.tif",
            &[2, 1, 2],
            "uint8",
            &planes(&[0, 1]),
            file(2, "<?xml version=\"1.0\"?><OME><Image>"),
        )
        .noted(&["the OME-XML was not followed"]),
        loads("ome_companion.tif", &[2, 1, 2], "uint8", &planes(&[0, 1]), {
            file(
                2,
                r#"<OME><BinaryOnly MetadataFile="set&#10;&#127;.companion.ome" UUID="urn:uuid:3"/></OME>"#,
            )
        })
        .noted(&["another file, set  .companion.ome"]),
    ]
}

fn shaped() -> Vec<File> {
    let single = r#"{"shape": [1, 2]}"#;
    let loop_of = |count| pages(count, "").into_iter().map(|page| page.described(single)).collect::<Vec<_>>();
    let two = |first: &str, second: &str| {
        let mut all = pages(5, first);
        all[3] = all[3].clone().described(second);
        file(false, &all)
    };
    vec![
        loads("shaped.tif", &[3, 2, 1, 2], "uint8", &planes(&[0, 1, 2, 3, 4, 5]), {
            file(false, &pages(6, r#"{"shape": [3, 2, 1, 2]}"#))
        })
        .along(&["pages", "pages", "rows", "columns"])
        .noted(&[]),
        loads("shaped_axes.tif", &[2, 3, 1, 2], "uint8", &planes(&[0, 2, 4, 1, 3, 5]), {
            file(false, &pages(6, r#"{"axes": "ZCYX", "shape": [3, 2, 1, 2]}"#))
        })
        .along(&["channels", "slices", "rows", "columns"]),
        loads("shaped_truncated.tif", &[3, 1, 2], "uint8", &planes(&[0, 1, 2]), {
            one_page(3, r#"{"shape": [3, 1, 2], "truncated": true}"#)
        }),
        fails("shaped_promises_more.tif", "fewer pages than promised", {
            file(false, &pages(5, r#"{"shape": [3, 2, 1, 2]}"#))
        })
        .saying("promises 6 images (3 x 2), but the file has 5 pages"),
        loads("shaped_one_by_one.tif", &[3, 1, 2], "uint8", &planes(&[0, 1, 2]), file(false, &loop_of(3)))
            .noted(&["holds 3 arrays of one shape"]),
        loads("shaped_two.tif", &[3, 1, 2], "uint8", &planes(&[0, 1, 2]), {
            two(r#"{"shape": [3, 1, 2]}"#, r#"{"shape": [2, 1, 2]}"#)
        })
        .noted(&["tifffile description lists 1 more"]),
        loads("shaped_wrong.tif", &[3, 1, 2], "uint8", &planes(&[0, 1, 2]), {
            file(false, &pages(3, r#"{"shape": [3, 1, 3]}"#))
        })
        .noted(&["an array of 3 x 1 x 3, and a page has 1 x 2 pixels"]),
    ]
}

/// Two time points of two slices, each page followed by its thumbnail, with a record of so many slices and time points.
fn lsm(slices: u32, times: u32) -> Vec<u8> {
    let mut record = vec![0; 88];
    for (at, number) in [(8, 2), (12, 1), (16, slices), (20, 1), (24, times)] {
        record[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
    }
    let mut all = Vec::new();
    for page in pages(4, "") {
        all.extend([page, Page { subfile: 1, ..Page::grey(1, 1, 8, vec![9]) }]);
    }
    all[0] = all[0].clone().tagged(34412, Field::Bytes(record));
    file(false, &all)
}

fn others() -> Vec<File> {
    let square = |side: u32| Page::grey(side, side, 8, vec![side as u8; (side * side) as usize]);
    vec![
        // As many values as planes; what they say is not looked at.
        loads("metamorph.tif", &[5, 1, 2], "uint8", &planes(&[0, 1, 2, 3, 4]), {
            let pixels: Vec<u8> = (0..5).flat_map(|n| [n, 100 + n]).collect();
            file(false, &[Page::grey(2, 1, 8, pixels).tagged(33629, Field::Bytes(vec![0; 5]))])
        }),
        loads("zeiss.lsm", &[2, 2, 1, 2], "uint8", &planes(&[0, 1, 2, 3]), lsm(2, 2))
            .along(&["time points", "slices", "rows", "columns"])
            .noted(&[]),
        loads("zeiss_other.lsm", &[4, 1, 2], "uint8", &planes(&[0, 1, 2, 3]), lsm(3, 2))
            .along(&["pages", "rows", "columns"])
            .noted(&[]),
        loads("pyramid.tif", &[8, 8], "uint8", &[8.0; 64], file(false, &[square(8), square(4), square(2)]))
            .noted(&["smaller copies of the picture (4 x 4, 2 x 2) were left out; what was read is 8 x 8"]),
        loads("plain_pages.tif", &[2, 1, 2], "uint8", &planes(&[0, 1]), file(false, &pages(2, "scanned")))
            .along(&["pages", "rows", "columns"])
            .noted(&[]),
    ]
}
