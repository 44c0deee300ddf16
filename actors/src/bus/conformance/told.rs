//! What is told and asked.

#![allow(missing_docs, reason = "the cases are named for what they hold")]

use super::super::{BODY_BYTES_MAX, Error};
use super::{Place, heard, listen, message, silent, soon, text};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(10);
const SHORT_DEADLINE: Duration = Duration::from_millis(50);

pub async fn what_is_told_reaches_whoever_listens_for_it(place: &impl Place) {
    let (one, other) = (place.join().await, place.join().await);
    let mut exact = listen(&*one, "t.sale.1", None).await;
    let mut any = listen(&*other, "t.*.1", None).await;
    let mut all = listen(&*other, "t.>", None).await;
    for (subject, body) in [
        ("t.sale.1", "a"),
        ("t.lot.1", "b"),
        ("t.lot.2", "c"),
        ("u.sale.1", "d"),
    ] {
        one.publish(message(subject, body)).await.expect("it is told");
    }
    one.publish(message("t.sale.1", "end")).await.expect("it is told");
    for (subscription, wanted) in [
        (&mut exact, &["a", "end"][..]),
        (&mut any, &["a", "b", "end"]),
        (&mut all, &["a", "b", "c", "end"]),
    ] {
        for wanted in wanted {
            let received = heard(subscription).await;
            assert_eq!(text(&received.message), *wanted);
        }
        assert_eq!(subscription.missed(), 0);
    }
}

pub async fn of_a_group_one_hears_each_message(place: &impl Place) {
    const MESSAGES: usize = 200;
    let (one, other) = (place.join().await, place.join().await);
    let mut first = listen(&*one, "t.work", Some("workers")).await;
    let mut second = listen(&*other, "t.work", Some("workers")).await;
    let mut watcher = listen(&*other, "t.work", None).await;
    let mut auditor = listen(&*one, "t.work", Some("auditors")).await;
    for number in 0..MESSAGES {
        one.publish(message("t.work", &number.to_string()))
            .await
            .expect("it is told");
    }
    for number in 0..MESSAGES {
        assert_eq!(text(&heard(&mut watcher).await.message), number.to_string());
        assert_eq!(text(&heard(&mut auditor).await.message), number.to_string());
    }
    let (mut done, mut shares) = (Vec::new(), [0, 0]);
    while done.len() < MESSAGES {
        let (share, received) = tokio::select! {
            received = heard(&mut first) => (0, received),
            received = heard(&mut second) => (1, received),
        };
        shares[share] += 1;
        done.push(text(&received.message).parse::<usize>().expect("a number"));
    }
    done.sort_unstable();
    assert_eq!(done, (0..MESSAGES).collect::<Vec<_>>(), "each once");
    assert!(shares.iter().all(|share| *share > 0), "{shares:?}");
}

pub async fn whoever_has_left_a_group_is_not_counted_on(place: &impl Place) {
    let (one, other) = (place.join().await, place.join().await);
    let mut stays = listen(&*one, "t.work", Some("workers")).await;
    let leaves = listen(&*other, "t.work", Some("workers")).await;
    drop(leaves);
    // The server has heard of it when this has come back.
    let mut again = listen(&*other, "t.again", None).await;
    other.publish(message("t.again", "")).await.expect("it is told");
    heard(&mut again).await;
    for number in 0..20 {
        one.publish(message("t.work", &number.to_string()))
            .await
            .expect("it is told");
    }
    for number in 0..20 {
        assert_eq!(text(&heard(&mut stays).await.message), number.to_string());
    }
}

pub async fn messages_of_one_come_in_their_order(place: &impl Place) {
    let (one, other) = (place.join().await, place.join().await);
    let mut subscription = listen(&*other, "t.>", None).await;
    for number in 0..1_000 {
        let subject = format!("t.{}", number % 7);
        one.publish(message(&subject, &number.to_string()))
            .await
            .expect("it is told");
    }
    for number in 0..1_000 {
        assert_eq!(text(&heard(&mut subscription).await.message), number.to_string());
    }
}

pub async fn a_request_gets_its_answer_and_headers_go_along(place: &impl Place) {
    let (client, server) = (place.join().await, place.join().await);
    let mut requests = listen(&*server, "t.ask", Some("servers")).await;
    let serve = async {
        let received = heard(&mut requests).await;
        assert!(received.is_request());
        let trace = received.message.headers.get("traceparent").cloned();
        let answer = format!("{} {}", text(&received.message), trace.unwrap_or_default());
        received.reply(answer).await.expect("it is answered");
    };
    let mut request = message("t.ask", "what?");
    request
        .headers
        .insert("traceparent".to_owned(), "00-ab-cd-01".to_owned());
    let (answer, ()) = tokio::join!(client.request(request, DEADLINE), serve);
    let answer = answer.expect("it is answered");
    assert_eq!(text(&answer), "what? 00-ab-cd-01");
}

pub async fn the_first_answer_counts(place: &impl Place) {
    let (client, server) = (place.join().await, place.join().await);
    let mut one = listen(&*server, "t.ask", None).await;
    let mut other = listen(&*server, "t.*", None).await;
    let serve = async {
        let (one, other) = (heard(&mut one).await, heard(&mut other).await);
        one.reply("first").await.expect("it is answered");
        other.reply("second").await.expect("that is no error");
    };
    let (answer, ()) = tokio::join!(client.request(message("t.ask", ""), DEADLINE), serve);
    assert_eq!(text(&answer.expect("it is answered")), "first");
}

pub async fn a_request_that_nobody_listens_for_is_refused_at_once(place: &impl Place) {
    let bus = place.join().await;
    let _elsewhere = listen(&*bus, "t.other", None).await;
    let refused = soon(
        "a refusal",
        bus.request(message("t.ask", ""), super::PATIENCE * 2),
    )
    .await;
    let subject = "t.ask".to_owned();
    assert_eq!(refused, Err(Error::NobodyThere { subject }));
}

pub async fn a_request_without_an_answer_ends_with_its_deadline(place: &impl Place) {
    let (client, server) = (place.join().await, place.join().await);
    let mut requests = listen(&*server, "t.ask", None).await;
    let refused = client.request(message("t.ask", ""), SHORT_DEADLINE).await;
    let unanswered = Error::Unanswered {
        subject: "t.ask".to_owned(),
        deadline_ms: 50,
    };
    assert_eq!(refused, Err(unanswered));
    // It was heard, and whoever answers too late is not told off.
    let late = heard(&mut requests).await;
    late.reply("late").await.expect("that is no error");
    let again = client.request(message("t.ask", "again"), DEADLINE);
    let serve = async {
        let received = heard(&mut requests).await;
        received.reply("in time").await.expect("it is answered");
    };
    let (answer, ()) = tokio::join!(again, serve);
    assert_eq!(text(&answer.expect("it is answered")), "in time");
}

pub async fn what_was_only_told_cannot_be_answered(place: &impl Place) {
    let bus = place.join().await;
    let mut subscription = listen(&*bus, "t.news", None).await;
    bus.publish(message("t.news", "")).await.expect("it is told");
    let received = heard(&mut subscription).await;
    assert!(!received.is_request());
    received.reply("to nobody").await.expect("it goes nowhere");
    silent(subscription.next()).await;
}

pub async fn more_than_a_message_carries_is_refused(place: &impl Place) {
    let bus = place.join().await;
    let mut subscription = listen(&*bus, "t.>", None).await;
    let most = "x".repeat(BODY_BYTES_MAX);
    let bytes = BODY_BYTES_MAX + 1;
    let too_large = || message("t.large", &format!("{most}x"));
    let refused = Error::TooLarge { bytes };
    assert_eq!(bus.publish(too_large()).await, Err(refused.clone()));
    assert_eq!(bus.request(too_large(), DEADLINE).await, Err(refused.clone()));
    assert_eq!(bus.append("id".to_owned(), too_large()).await, Err(refused));
    bus.publish(message("t.large", &most)).await.expect("it is told");
    assert_eq!(heard(&mut subscription).await.message.body.len(), BODY_BYTES_MAX);
}
