//! A forest in an array of parents.

/// The root of the tree that `node` is in. Halves the path on the way, so that later calls are short.
pub(crate) fn find(parents: &mut [u32], mut node: u32) -> u32 {
    loop {
        let parent = parents[node as usize];
        if parent == node {
            return node;
        }
        let grandparent = parents[parent as usize];
        parents[node as usize] = grandparent;
        node = grandparent;
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn every_node_of_a_chain_finds_its_end() {
        let mut parents: Vec<u32> = (0..100u32).map(|node| node.saturating_sub(1)).collect();
        assert!((0..100).rev().all(|node| find(&mut parents, node) == 0));
        assert_eq!(find(&mut [0, 1], 1), 1);
    }
}
