//! Priors that cannot hold at once, as far as that can be told.

use super::{entry::ClassPrior, error::ClassPriorsError};

/// Unions of more classes are not looked at: the search through ways to make them up takes 2^classes steps.
const MOST_CLASSES: usize = 16;

/// An error if a set contradicts entries about parts of it.
pub(super) fn find(entries: &[ClassPrior]) -> Result<(), ClassPriorsError> {
    for union in entries {
        let is_part = |entry: &&ClassPrior| {
            *entry != union && entry.classes().iter().all(|&class| union.contains(class))
        };
        let parts: Vec<&ClassPrior> = entries.iter().filter(is_part).collect();
        let components = &union.prior().counts()[0];
        let has_features = |part: &&&ClassPrior| part.prior().counts().iter().any(|count| count.least() > 0);
        if components.most() == Some(0)
            && let Some(part) = parts.iter().find(has_features)
        {
            return Err(ClassPriorsError::NotEmpty { union: union.set(), member: part.set() });
        }
        if let Some((most, members)) = fewest_components(union, &parts)
            && most < components.least()
        {
            let members = members.iter().map(|part| part.set()).collect();
            let least = components.least();
            return Err(ClassPriorsError::TooFewComponents { union: union.set(), least, members, most });
        }
    }
    Ok(())
}

/// The parts that make up the union and may have the fewest components in all, and how many; `None` if none do, or any
/// number of components is allowed.
fn fewest_components<'a>(
    union: &ClassPrior,
    parts: &[&'a ClassPrior],
) -> Option<(usize, Vec<&'a ClassPrior>)> {
    let classes = union.classes();
    if classes.len() > MOST_CLASSES {
        return None;
    }
    let bits = |part: &ClassPrior| {
        let places = classes.iter().enumerate().filter(|(_, class)| part.contains(**class));
        places.fold(0usize, |bits, (place, _)| bits | 1 << place)
    };
    let bounded: Vec<(usize, usize, &ClassPrior)> =
        parts.iter().filter_map(|part| Some((bits(part), part.prior().counts()[0].most()?, *part))).collect();
    // For each set of classes, as bits, that parts make up: the fewest components of these, the last of them, and the set
    // without it.
    let mut fewest: Vec<Option<(usize, usize, usize)>> = vec![None; 1 << classes.len()];
    for covered in 0..fewest.len() {
        let before = match fewest[covered] {
            _ if covered == 0 => 0,
            Some((before, ..)) => before,
            None => continue,
        };
        for (number, &(bits, most, _)) in bounded.iter().enumerate() {
            let total = before.saturating_add(most);
            let with = covered | bits;
            if with != covered && fewest[with].is_none_or(|(other, ..)| total < other) {
                fewest[with] = Some((total, number, covered));
            }
        }
    }
    let (most, ..) = fewest[fewest.len() - 1]?;
    let last = |&covered: &usize| fewest[covered].map(|(_, _, before)| before);
    let way_back = std::iter::successors(Some(fewest.len() - 1), last);
    let mut members: Vec<&ClassPrior> =
        way_back.filter_map(|covered| fewest[covered]).map(|(_, number, _)| bounded[number].2).collect();
    members.reverse();
    Some((most, members))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ndarray::Array2;
    use persistence::Connectivity;

    use crate::{ClassPrior, ClassPriors, ClassPriorsError, Prior, classes};

    fn parse(text: &str) -> Result<ClassPriors, ClassPriorsError> {
        text.parse()
    }

    #[test]
    fn a_union_has_at_most_as_many_components_as_its_members_together() {
        for text in
            ["1:1,0; 2:1,0; 1+2:2,0", "1:1,*; 2:0-3,*; 1+2:4,*", "1:2,0; 1+2:5,0", "1:1,0; 2:*,0; 1+2:9,0"]
        {
            assert!(parse(text).is_ok(), "{text}");
        }
        let error = parse("1:1,0; 2:1,0; 1+2:3-4,0").unwrap_err();
        let members = vec!["1".to_owned(), "2".to_owned()];
        let union = "1+2".to_owned();
        assert_eq!(error, ClassPriorsError::TooFewComponents { union, least: 3, members, most: 2 });
        // Of all ways to make it up the one with the fewest counts, overlaps and all.
        let error = parse("1:4,0; 2:4,0; 3:1,0; 1+2:1,0; 2+3:1,0; 1+2+3:3,0").unwrap_err();
        let members = vec!["1+2".to_owned(), "3".to_owned()];
        let union = "1+2+3".to_owned();
        assert_eq!(error, ClassPriorsError::TooFewComponents { union, least: 3, members, most: 2 });
        assert!(parse("1:1,0,0; 2:1,0,0; 1+2:3,0,0").is_err());
    }

    #[test]
    fn nothing_has_no_part_with_features() {
        assert!(parse("1:0,0; 2:0,0; 1+2:0,0").is_ok());
        let error = parse("1:1,0; 1+2:0,0").unwrap_err();
        assert_eq!(error, ClassPriorsError::NotEmpty { union: "1+2".to_owned(), member: "1".to_owned() });
        assert!(parse("1:*,1; 1+2:0,*").is_err(), "what has a hole is not empty");
    }

    /// What some label map satisfies is never refused: all label maps of 2x4 pixels and three classes.
    #[test]
    fn what_is_possible_is_no_contradiction() {
        let sets: [&[usize]; 7] = [&[0], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]];
        let any = |classes: &&[usize]| ClassPrior::new(*classes, "*,*".parse().unwrap()).unwrap();
        let all = ClassPriors::new(sets.iter().map(any).collect::<Vec<_>>()).unwrap();
        for connectivity in [Connectivity::T, Connectivity::V] {
            let mut seen = BTreeSet::new();
            for code in 0..3u32.pow(8) {
                let labels = Array2::from_shape_fn((2, 4), |(y, x)| code / 3u32.pow((4 * y + x) as u32) % 3);
                seen.insert(classes::betti_numbers(labels.view(), &all, connectivity).unwrap());
            }
            assert!(seen.len() > 20, "{}", seen.len());
            for betti in seen {
                let entry = |(classes, betti): (&&[usize], &Vec<usize>)| {
                    ClassPrior::new(*classes, Prior::exactly(betti).unwrap()).unwrap()
                };
                let priors = ClassPriors::new(sets.iter().zip(&betti).map(entry).collect::<Vec<_>>());
                assert!(priors.is_ok(), "{betti:?}: {}", priors.unwrap_err());
            }
        }
    }
}
