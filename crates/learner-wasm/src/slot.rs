//! Which call of a run is under way: one at most.

use futures_util::future::{AbortHandle, AbortRegistration};

/// The place of the call that is under way.
///
/// A call that is cancelled leaves it at once, though it may go on for a while; when it is done, another may be in it.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    call: Option<(Call, AbortHandle)>,
    calls: u64,
}

/// Tells a call from all others of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call(u64);

impl Slot {
    /// A call, and what tells it that it is cancelled; nothing while another is under way.
    pub(crate) fn begin(&mut self) -> Option<(Call, AbortRegistration)> {
        if self.call.is_some() {
            return None;
        }
        self.calls += 1;
        let call = Call(self.calls);
        let (handle, registration) = AbortHandle::new_pair();
        self.call = Some((call, handle));
        Some((call, registration))
    }

    /// A call is done.
    pub(crate) fn end(&mut self, call: Call) {
        if self.call.as_ref().is_some_and(|(under_way, _)| *under_way == call) {
            self.call = None;
        }
    }

    /// The call that is under way is not waited for any more.
    pub(crate) fn cancel(&mut self) {
        if let Some((_, handle)) = self.call.take() {
            handle.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_call_at_a_time() {
        let mut slot = Slot::default();
        let (first, _) = slot.begin().unwrap();
        assert!(slot.begin().is_none());
        slot.end(first);
        assert_ne!(slot.begin().unwrap().0, first);
    }

    #[test]
    fn a_call_that_ends_after_it_was_cancelled_leaves_the_next_one_where_it_is() {
        let mut slot = Slot::default();
        let (export, _) = slot.begin().unwrap();
        slot.cancel();
        let (step, registration) = slot.begin().unwrap();
        slot.end(export);
        assert!(slot.begin().is_none(), "the step is under way");
        slot.cancel();
        assert!(registration.handle().is_aborted(), "it is the step that is cancelled");
        slot.end(step);
        assert!(slot.begin().is_some());
    }
}
