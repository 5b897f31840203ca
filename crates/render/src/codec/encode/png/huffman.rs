//! Length-limited Huffman codes, as deflate wants them.

/// Lengths in bits of a code for `freqs`, none longer than `limit`; 0 for what never occurs. A single symbol gets one bit.
pub fn lengths<const N: usize>(freqs: &[u32; N], limit: usize) -> [u8; N] {
    let mut lengths = [0; N];
    // Rarest first; ties by symbol, so the result depends on nothing else.
    let mut order: Vec<(u32, u16)> = freqs.iter().zip(0u16..).filter(|(f, _)| **f > 0).map(|(f, s)| (*f, s)).collect();
    order.sort_unstable();
    if order.len() < 2 {
        if let Some(&(_, symbol)) = order.first() {
            lengths[usize::from(symbol)] = 1;
        }
        return lengths;
    }
    let mut counts = depths(&order);
    limit_depths(&mut counts, limit);
    let mut rarest_first = order.iter();
    for (depth, count) in counts.iter().enumerate().rev() {
        for &(_, symbol) in rarest_first.by_ref().take(*count as usize) {
            lengths[usize::from(symbol)] = depth as u8;
        }
    }
    lengths
}

/// How many leaves of the Huffman tree stand at each depth. Two queues: leaves by weight, and joints in the order made.
fn depths(order: &[(u32, u16)]) -> [u32; 64] {
    let n = order.len();
    let mut weights: Vec<u64> = order.iter().map(|(f, _)| u64::from(*f)).collect();
    let mut parents = vec![0; 2 * n - 1];
    let (mut leaf, mut joint) = (0, n);
    for made in n..2 * n - 1 {
        let mut sum = 0;
        for _ in 0..2 {
            let lighter_leaf = leaf < n && (joint >= made || weights[leaf] <= weights[joint]);
            let taken = if lighter_leaf { &mut leaf } else { &mut joint };
            sum += weights[*taken];
            parents[*taken] = made;
            *taken += 1;
        }
        weights.push(sum);
    }
    // From the root down; a depth of 64 would need more than 2^40 symbols.
    let mut depth = vec![0u8; 2 * n - 1];
    let mut counts = [0; 64];
    for node in (0..2 * n - 2).rev() {
        depth[node] = (depth[parents[node]] + 1).min(63);
        if node < n {
            counts[usize::from(depth[node])] += 1;
        }
    }
    counts
}

/// Moves leaves that are too deep up to the limit and pays for them by pushing others down.
fn limit_depths(counts: &mut [u32; 64], limit: usize) {
    let too_deep: u32 = counts[limit + 1..].iter().sum();
    counts[limit + 1..].fill(0);
    counts[limit] += too_deep;
    let mut space: u64 = (1..=limit).map(|d| u64::from(counts[d]) << (limit - d)).sum();
    while space > 1 << limit {
        let Some(depth) = (1..limit).rev().find(|d| counts[*d] > 0) else { return };
        counts[depth] -= 1;
        counts[depth + 1] += 2;
        counts[limit] -= 1;
        space -= 1;
    }
}

/// A code word, its first bit lowest, and its length.
#[derive(Clone, Copy, Default)]
pub struct Code {
    pub bits: u32,
    pub len: u32,
}

/// Canonical code words for `lengths`, mirrored because deflate sends them from their highest bit.
pub fn codes<const N: usize>(lengths: &[u8; N]) -> [Code; N] {
    let mut next = [0u32; 17];
    for len in lengths {
        next[usize::from(*len) + 1] += 1;
    }
    next[1] = 0;
    let mut first = 0;
    for slot in &mut next[1..] {
        first = (first + *slot) << 1;
        *slot = first;
    }
    std::array::from_fn(|symbol| {
        let len = u32::from(lengths[symbol]);
        if len == 0 {
            return Code::default();
        }
        let word = &mut next[len as usize];
        let bits = word.reverse_bits() >> (32 - len);
        *word += 1;
        Code { bits, len }
    })
}
