//! Pictures of many colours in few: boxes of colours are cut where they spread most, their means moved a few times to where
//! pixels are, and what a pixel loses is given to its neighbours.

/// Rounds of moving the means.
const ROUNDS: usize = 3;
/// Of an error, what neighbours get, in sixteenths: less than all of it keeps edges calm.
const SPREAD: i32 = 12;

type Color = [i32; 4];

/// Colours that are alike in their upper bits.
#[derive(Clone, Copy)]
struct Bin {
    mean: Color,
    count: i64,
}

/// At most `most` colours for straight RGBA pixels, and which one each pixel gets.
pub fn quantise(pixels: &[[u8; 4]], width: usize, most: usize) -> (Vec<[u8; 4]>, Vec<u8>) {
    let bins = bins(pixels);
    let mut colors = cut(bins.clone(), most.clamp(1, 256));
    for _ in 0..ROUNDS {
        settle(&bins, &mut colors);
    }
    // Transparent ones first, so that the list of alphas is short.
    colors.sort_by_key(|color| (color[3], color[0], color[1], color[2]));
    colors.dedup();
    let indices = dither(pixels, width, &colors);
    (colors.into_iter().map(|color| color.map(|channel| channel as u8)).collect(), indices)
}

fn place(color: Color) -> usize {
    let [r, g, b, a] = color.map(|channel| channel.clamp(0, 255) as usize);
    (r >> 3) << 14 | (g >> 3) << 9 | (b >> 3) << 4 | a >> 4
}

const PLACES: usize = 1 << 19;

fn bins(pixels: &[[u8; 4]]) -> Vec<Bin> {
    let mut sums = vec![[0i64; 5]; PLACES];
    for pixel in pixels {
        let color = pixel.map(i32::from);
        let sum = &mut sums[place(color)];
        sum.iter_mut().zip(color).for_each(|(sum, channel)| *sum += i64::from(channel));
        sum[4] += 1;
    }
    let mean = |sum: &[i64; 5]| [0, 1, 2, 3].map(|c| ((sum[c] + sum[4] / 2) / sum[4]) as i32);
    sums.iter().filter(|sum| sum[4] > 0).map(|sum| Bin { mean: mean(sum), count: sum[4] }).collect()
}

/// The channel in which bins spread most, by how much, and their mean.
fn spread(bins: &[Bin]) -> (usize, i64, Color) {
    let count: i64 = bins.iter().map(|bin| bin.count).sum::<i64>().max(1);
    let mean = [0, 1, 2, 3].map(|c| (bins.iter().map(|bin| i64::from(bin.mean[c]) * bin.count).sum::<i64>() / count) as i32);
    let off = |c: usize| bins.iter().map(|bin| i64::from(bin.mean[c] - mean[c]).pow(2) * bin.count).sum::<i64>();
    let (channel, most) = (0..4).map(|c| (c, off(c))).fold((0, -1), |best, one| if one.1 > best.1 { one } else { best });
    (channel, most, mean)
}

fn cut(bins: Vec<Bin>, most: usize) -> Vec<Color> {
    let measured = |bins: Vec<Bin>| {
        let spread = spread(&bins);
        (bins, spread)
    };
    let mut boxes = vec![measured(bins)];
    while boxes.len() < most {
        let widest = (0..boxes.len()).max_by_key(|at| (boxes[*at].1.1, std::cmp::Reverse(*at)));
        let Some(at) = widest.filter(|at| boxes[*at].1.1 > 0) else { break };
        let (bins, (channel, _, mean)) = boxes.swap_remove(at);
        let (low, high): (Vec<Bin>, Vec<Bin>) = bins.into_iter().partition(|bin| bin.mean[channel] <= mean[channel]);
        boxes.extend([low, high].into_iter().filter(|part| !part.is_empty()).map(measured));
    }
    boxes.into_iter().map(|(_, (_, _, mean))| mean).collect()
}

fn nearest(colors: &[Color], wanted: Color) -> usize {
    let off = |color: &Color| {
        let [r, g, b, a] = [0, 1, 2, 3].map(|c| (color[c] - wanted[c]).pow(2));
        // The eye tells greens apart best.
        2 * r + 4 * g + b + 6 * a
    };
    (0..colors.len()).min_by_key(|at| off(&colors[*at])).unwrap_or(0)
}

/// Moves each colour to the mean of the bins that are nearest to it.
fn settle(bins: &[Bin], colors: &mut [Color]) {
    let mut sums = vec![[0i64; 5]; colors.len()];
    for bin in bins {
        let sum = &mut sums[nearest(colors, bin.mean)];
        sum.iter_mut().zip(bin.mean).for_each(|(sum, channel)| *sum += i64::from(channel) * bin.count);
        sum[4] += bin.count;
    }
    for (color, sum) in colors.iter_mut().zip(sums).filter(|(_, sum)| sum[4] > 0) {
        *color = [0, 1, 2, 3].map(|c| ((sum[c] + sum[4] / 2) / sum[4]) as i32);
    }
}

/// Floyd and Steinberg's way, weakened.
fn dither(pixels: &[[u8; 4]], width: usize, colors: &[Color]) -> Vec<u8> {
    let mut known = vec![u16::MAX; PLACES];
    let (mut here, mut below) = (vec![[0; 4]; width + 2], vec![[0; 4]; width + 2]);
    let mut indices = Vec::with_capacity(pixels.len());
    for row in pixels.chunks_exact(width.max(1)) {
        for (x, pixel) in row.iter().enumerate() {
            let own = pixel.map(i32::from);
            let wanted: Color = [0, 1, 2, 3].map(|c| (own[c] + here[x + 1][c] / 256).clamp(0, 255));
            let slot = &mut known[place(wanted)];
            if *slot == u16::MAX {
                *slot = nearest(colors, wanted) as u16;
            }
            let index = usize::from(*slot);
            indices.push(index as u8);
            // In 256ths: sixteenths of what is spread.
            let lost = [0, 1, 2, 3].map(|c| (wanted[c] - colors[index][c]) * SPREAD);
            let give = |to: &mut Color, share: i32| to.iter_mut().zip(lost).for_each(|(to, lost)| *to += lost * share);
            give(&mut here[x + 2], 7);
            give(&mut below[x], 3);
            give(&mut below[x + 1], 5);
            give(&mut below[x + 2], 1);
        }
        std::mem::swap(&mut here, &mut below);
        below.fill([0; 4]);
    }
    indices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_are_kept_as_they_are() {
        let pixels = [[10, 20, 30, 255], [200, 100, 50, 255], [0, 0, 0, 0], [10, 20, 30, 255]];
        let (colors, indices) = quantise(&pixels, 2, 256);
        let back: Vec<[u8; 4]> = indices.iter().map(|index| colors[usize::from(*index)]).collect();
        assert_eq!(back, pixels);
        assert_eq!(colors[0][3], 0, "transparent first");
    }

    #[test]
    fn a_slope_keeps_its_mean_in_any_number_of_colours() {
        let pixels: Vec<[u8; 4]> = (0..64 * 64).map(|i| [(i % 64 * 4) as u8, (i / 64 * 4) as u8, 128, 255]).collect();
        for most in [2, 16, 256] {
            let (colors, indices) = quantise(&pixels, 64, most);
            assert!(colors.len() <= most && colors.len() > most / 2);
            let mean = |of: &mut dyn Iterator<Item = u8>| of.map(u64::from).sum::<u64>() / 4096;
            let shown = mean(&mut indices.iter().map(|index| colors[usize::from(*index)][0]));
            assert!(shown.abs_diff(mean(&mut pixels.iter().map(|pixel| pixel[0]))) < 6, "{most}: {shown}");
        }
    }
}
