//! What every [`Bus`] must do, as tests that any implementation can be held against.
//!
//! ```ignore
//! gavel_actors::bus_conformance!(fresh); // fn fresh() -> impl conformance::Place
//! ```

#![expect(clippy::expect_used, reason = "a test suite: it fails by panicking")]

mod kept;
mod leased;
mod told;

pub use kept::*;
pub use leased::*;
pub use told::*;

use super::{Bus, Leases, Message, Received, Subject, Subscription};
use futures_util::future::BoxFuture;
use std::{sync::Arc, time::Duration};

/// Tests wait for events; this only bounds how long a broken one hangs.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long nothing has to come where nothing should.
const SILENCE: Duration = Duration::from_millis(100);

/// A bus that is there for one test.
pub trait Place: Send + Sync {
    /// The bus as another process would have it: what one of them tells, the others hear.
    fn join(&self) -> BoxFuture<'_, Arc<dyn Bus>>;

    /// Its leases, as another process would have them.
    fn leases(&self) -> BoxFuture<'_, Arc<dyn Leases>>;
}

/// Waits for what has to happen.
async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// Nothing comes.
async fn silent<T: std::fmt::Debug>(work: impl Future<Output = T>) {
    if let Ok(heard) = tokio::time::timeout(SILENCE, work).await {
        panic!("nothing should come, and yet {heard:?}");
    }
}

fn message(subject: &str, body: &str) -> Message {
    let subject: Subject = subject.parse().expect("a subject");
    Message::new(subject, body.to_owned())
}

async fn listen(bus: &dyn Bus, pattern: &str, group: Option<&str>) -> Subscription {
    let pattern = pattern.parse().expect("a pattern");
    let subscribed = bus.subscribe(pattern, group.map(str::to_owned));
    soon("a subscription", subscribed).await.expect("it is there")
}

async fn heard(subscription: &mut Subscription) -> Received {
    let received = soon("a message", subscription.next()).await;
    received.expect("the bus is there")
}

fn text(message: &Message) -> String {
    String::from_utf8(message.body.to_vec()).expect("text")
}

/// Holds the places that `fresh` makes against every case.
#[macro_export]
macro_rules! bus_conformance {
    ($fresh:path) => {
        $crate::bus_conformance!(@cases $fresh:
            what_is_told_reaches_whoever_listens_for_it,
            of_a_group_one_hears_each_message,
            whoever_has_left_a_group_is_not_counted_on,
            messages_of_one_come_in_their_order,
            a_request_gets_its_answer_and_headers_go_along,
            the_first_answer_counts,
            a_request_that_nobody_listens_for_is_refused_at_once,
            a_request_without_an_answer_ends_with_its_deadline,
            what_was_only_told_cannot_be_answered,
            more_than_a_message_carries_is_refused,
            a_message_is_kept_once_for_each_id,
            a_consumer_is_handed_everything_in_order_also_from_before_it_came,
            a_consumer_goes_on_where_it_has_stopped,
            what_is_not_done_comes_again,
            what_takes_too_long_comes_again,
            those_of_one_name_share_the_work_and_each_name_has_all_of_it,
            only_what_was_asked_for_is_handed_out,
            a_consumer_is_not_handed_more_than_it_can_be_done_with,
            a_stream_keeps_the_newest,
            what_is_kept_is_heard_too_and_is_no_request,
            what_no_stream_keeps_is_refused,
            of_many_who_ask_at_once_one_has_it,
            what_is_given_back_is_free_at_once_and_was_not_before,
            a_holder_that_is_gone_is_followed_by_another_with_a_greater_fence,
        );
    };
    (@cases $fresh:path: $($case:ident,)+) => {
        $(
            #[tokio::test]
            async fn $case() {
                let place = $fresh();
                $crate::bus::conformance::$case(&place).await;
            }
        )+
    };
}
