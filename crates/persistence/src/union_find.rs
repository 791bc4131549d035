//! The merging of components, in two stages: along a forest of pixels or cells to its roots, which are few, and then
//! among the roots alone, which stay in cache.

/// Marks the link of a root, whose other bits are the number of its component.
const ROOT: u32 = 1 << 31;

/// A forest in an array of links, each to a node that is nearer to the root.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forest {
    links: Vec<u32>,
}

impl Forest {
    /// Makes room for `nodes` nodes. Links of an earlier use stay and have to be overwritten.
    pub(crate) fn resize(&mut self, nodes: usize) {
        self.links.resize(nodes, 0);
    }

    pub(crate) fn link(&mut self, node: u32, nearer: u32) {
        self.links[node as usize] = nearer;
    }

    /// Links nodes from `first` on, each to the node that is the given step away (with wrap-around). A node whose step
    /// is zero is to be made a root afterwards.
    pub(crate) fn link_all(&mut self, first: u32, steps: impl Iterator<Item = u32>) {
        let links = &mut self.links[first as usize..];
        for ((node, link), step) in (first..).zip(links).zip(steps) {
            *link = node.wrapping_add(step);
        }
    }

    /// Makes a node the root of a component.
    pub(crate) fn set_root(&mut self, node: u32, component: u32) {
        self.links[node as usize] = ROOT | component;
    }

    /// Makes all nodes of a range roots of one component.
    pub(crate) fn set_roots(&mut self, nodes: std::ops::Range<usize>, component: u32) {
        self.links[nodes].fill(ROOT | component);
    }

    /// The component whose root `node` leads to. Halves the path on the way, so that later calls are short.
    pub(crate) fn component(&mut self, mut node: u32) -> u32 {
        loop {
            let parent = self.links[node as usize];
            if parent & ROOT != 0 {
                return parent & !ROOT;
            }
            let grandparent = self.links[parent as usize];
            if grandparent & ROOT != 0 {
                return grandparent & !ROOT;
            }
            self.links[node as usize] = grandparent;
            node = grandparent;
        }
    }
}

/// Components that merge: of two, the one with the smaller entry goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Components {
    parents: Vec<u32>,
    entries: Vec<u64>,
}

impl Components {
    pub(crate) fn clear(&mut self) {
        self.parents.clear();
        self.entries.clear();
    }

    /// A new component; its number.
    pub(crate) fn push(&mut self, entry: u64) -> u32 {
        let number = self.parents.len() as u32;
        self.parents.push(number);
        self.entries.push(entry);
        number
    }

    /// Merges the components that `one` and `other` are parts of. The entry of the one that ends, or `None` if they
    /// were one already.
    pub(crate) fn merge(&mut self, one: u32, other: u32) -> Option<u64> {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return None;
        }
        let [goes_on, ends] = if self.entries[one as usize] < self.entries[other as usize] {
            [one, other]
        } else {
            [other, one]
        };
        self.parents[ends as usize] = goes_on;
        Some(self.entries[ends as usize])
    }

    /// The entry of the component that the first one is part of.
    pub(crate) fn survivor(&mut self) -> u64 {
        let root = self.root(0);
        self.entries[root as usize]
    }

    fn root(&mut self, mut number: u32) -> u32 {
        loop {
            let parent = self.parents[number as usize];
            if parent == number {
                return number;
            }
            let grandparent = self.parents[parent as usize];
            self.parents[number as usize] = grandparent;
            number = grandparent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_of_a_chain_finds_its_end() {
        let mut forest = Forest::default();
        forest.resize(100);
        forest.set_root(0, 7);
        (1..100).for_each(|node| forest.link(node, node - 1));
        assert!((0..100).rev().all(|node| forest.component(node) == 7));
    }

    #[test]
    fn the_smaller_entry_goes_on() {
        let mut components = Components::default();
        for entry in [5, 3, 4] {
            components.push(entry);
        }
        assert_eq!(components.merge(0, 2), Some(5));
        assert_eq!(components.merge(2, 1), Some(4));
        assert_eq!(components.merge(0, 1), None);
    }
}
