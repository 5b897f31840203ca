//! Value noise and the one source of chance: integer hashes, so that a seed gives one picture on every machine.

/// A small generator (SplitMix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// 0 to 1, without 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Chance of one lattice point, 0 to 1.
pub fn lattice(seed: u64, x: i64, y: i64) -> f32 {
    let key =
        seed.wrapping_add((x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add((y as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F));
    (mix(key) >> 40) as f32 / (1u64 << 24) as f32
}

/// Smoothed lattice noise, 0 to 1.
pub fn value(seed: u64, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (u, v) = (ease(x - left), ease(y - top));
    let (i, j) = (left as i64, top as i64);
    let upper = lerp(lattice(seed, i, j), lattice(seed, i + 1, j), u);
    let lower = lerp(lattice(seed, i, j + 1), lattice(seed, i + 1, j + 1), u);
    lerp(upper, lower, v)
}

/// Fractal noise: each octave twice as fine and half as strong; 0 to 1.
pub fn fbm(seed: u64, x: f32, y: f32, octaves: u32) -> f32 {
    let (mut sum, mut weight, mut total, mut scale) = (0.0, 1.0, 0.0, 1.0);
    for octave in 0..octaves {
        sum += weight * value(seed.wrapping_add(u64::from(octave) * 7919), x * scale, y * scale);
        total += weight;
        weight *= 0.5;
        scale *= 2.0;
    }
    sum / total
}

pub fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// 0 below `low`, 1 above `high`, eased between them (which may stand in falling order).
pub fn smooth(low: f32, high: f32, x: f32) -> f32 {
    ease(((x - low) / (high - low)).clamp(0.0, 1.0))
}
