//! How much memory the files that are worked on at one time may take together.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of bytes that several threads have shares of.
///
/// Whoever needs more than is left waits for the others, but never for all of them to wait: where nobody else goes on, one
/// may have more than there is.
pub(crate) struct Budget {
    bytes: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    taken: u64,
    /// How many shares there are.
    shares: usize,
    /// The numbers of the shares that wait for more.
    waiting: BTreeSet<u64>,
    next: u64,
}

/// What one thread has of a budget, until it is dropped.
pub(crate) struct Share<'a> {
    budget: &'a Budget,
    number: u64,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(bytes: u64) -> Self {
        Self { bytes, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits until so many bytes are left, or nobody has any.
    pub(crate) fn share(&self, bytes: u64) -> Share<'_> {
        let mut state = self.state();
        while state.shares > 0 && state.taken.saturating_add(bytes) > self.bytes {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.taken = state.taken.saturating_add(bytes);
        state.shares += 1;
        state.next += 1;
        Share { budget: self, number: state.next, bytes }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share<'_> {
    /// Waits until there is room for the share to have so many bytes, or until all others wait for that too and this is
    /// the first of them. Until then it keeps those that it has.
    pub(crate) fn resize(&mut self, bytes: u64) {
        let budget = self.budget;
        let mut state = budget.state();
        state.waiting.insert(self.number);
        budget.changed.notify_all();
        let may_go_on = |state: &State| {
            (state.taken - self.bytes).saturating_add(bytes) <= budget.bytes
                || (state.waiting.len() == state.shares && state.waiting.first() == Some(&self.number))
        };
        while !may_go_on(&state) {
            state = budget.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.remove(&self.number);
        state.taken = (state.taken - self.bytes).saturating_add(bytes);
        self.bytes = bytes;
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        state.taken = state.taken.saturating_sub(self.bytes);
        state.shares -= 1;
        drop(state);
        self.budget.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    /// Lets so many threads take a share of one size and then of another; the most that they had together.
    fn most_taken(budget: &Budget, threads: u64, first: u64, then: u64) -> u64 {
        let (taken, most) = (AtomicU64::new(0), AtomicU64::new(0));
        let add = |bytes: u64| {
            let now = taken.fetch_add(bytes, Ordering::SeqCst) + bytes;
            most.fetch_max(now, Ordering::SeqCst);
        };
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let mut share = budget.share(first);
                        share.resize(then);
                        add(then);
                        thread::yield_now();
                        taken.fetch_sub(then, Ordering::SeqCst);
                    }
                });
            }
        });
        most.into_inner()
    }

    #[test]
    fn shares_are_never_more_than_the_budget_together() {
        assert!(most_taken(&Budget::new(100), 8, 10, 30) <= 100);
        assert!(most_taken(&Budget::new(100), 8, 30, 10) <= 100);
    }

    #[test]
    fn who_needs_more_than_there_is_goes_on_alone() {
        assert_eq!(most_taken(&Budget::new(100), 8, 10, 1000), 1000);
        assert_eq!(most_taken(&Budget::new(100), 8, 1000, 1000), 1000);
        assert_eq!(most_taken(&Budget::new(0), 3, 7, 8), 8);
    }
}
