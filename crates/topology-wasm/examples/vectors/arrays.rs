//! The values of the arrays.

/// What the values of an array are like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// All different, for practical purposes.
    Generic,
    /// Four levels.
    Ties,
    /// Mostly exact zeros and ones.
    Saturated,
    /// Zeros and ones.
    Mask,
    Constant,
    /// With infinities, zeros of both signs and values outside [0, 1].
    Wild,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Generic, Self::Ties, Self::Saturated, Self::Mask, Self::Constant, Self::Wild];

    pub(crate) fn value(self, random: &mut Random) -> f32 {
        let unit = random.unit();
        match self {
            Self::Generic => unit,
            Self::Ties => (unit * 4.0).floor() / 4.0,
            Self::Saturated => (unit * 3.0 - 1.0).clamp(0.0, 1.0),
            Self::Mask => unit.round(),
            Self::Constant => 0.75,
            Self::Wild => match (unit * 8.0) as u32 {
                0 => f32::INFINITY,
                1 => f32::NEG_INFINITY,
                2 => -0.0,
                3 => 0.0,
                _ => (unit - 0.7) * 10.0,
            },
        }
    }
}

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 to below 1.
    pub(crate) fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 40) as f32 / (1u32 << 24) as f32
    }
}
