//! What is kept.

#![allow(missing_docs, reason = "the cases are named for what they hold")]

use super::super::{Appended, Bus, Consumer, ConsumerOptions, Delivery, Error, StreamOptions, UNDER_WAY_MAX};
use super::{PATIENCE, Place, heard, listen, message, silent, soon, text};
use std::time::Duration;

const STREAM: &str = "sales";

async fn keep(bus: &dyn Bus, messages_max: u32) {
    let options = StreamOptions {
        name: STREAM.to_owned(),
        subjects: vec!["k.>".parse().expect("a pattern")],
        messages_max,
        same_id_within: Duration::from_mins(1),
    };
    bus.keep(options).await.expect("it is kept");
}

async fn append(bus: &dyn Bus, number: usize) -> Appended {
    append_to(bus, "k.sale", number).await
}

async fn append_to(bus: &dyn Bus, subject: &str, number: usize) -> Appended {
    let appended = bus.append(format!("id-{number}"), message(subject, &number.to_string()));
    soon("an append", appended).await.expect("it is kept")
}

fn reader(name: &str) -> ConsumerOptions {
    ConsumerOptions {
        stream: STREAM.to_owned(),
        name: name.to_owned(),
        only: None,
        again_after: PATIENCE * 2,
    }
}

async fn consume(bus: &dyn Bus, options: ConsumerOptions) -> Consumer {
    let consumer = soon("a consumer", bus.consume(options)).await;
    consumer.expect("it reads")
}

async fn handed(consumer: &mut Consumer) -> Delivery {
    let delivery = soon("a delivery", consumer.next()).await;
    delivery.expect("the bus is there")
}

/// The next one is this, and it is dealt with.
async fn deal_with(consumer: &mut Consumer, number: usize) {
    let delivery = handed(consumer).await;
    assert_eq!(text(&delivery.message), number.to_string());
    delivery.done().await.expect("it is settled");
}

pub async fn a_message_is_kept_once_for_each_id(place: &impl Place) {
    let (one, other) = (place.join().await, place.join().await);
    keep(&*one, 1_000).await;
    for number in 0..20 {
        let sequence = number as u64 + 1;
        let first = Appended {
            sequence,
            is_repeat: false,
        };
        let repeat = Appended {
            sequence,
            is_repeat: true,
        };
        assert_eq!(append(&*one, number).await, first);
        assert_eq!(append(&*other, number).await, repeat);
    }
    let mut consumer = consume(&*other, reader("all")).await;
    for number in 0..20 {
        deal_with(&mut consumer, number).await;
    }
    silent(consumer.next()).await;
}

pub async fn a_consumer_is_handed_everything_in_order_also_from_before_it_came(place: &impl Place) {
    let (one, other) = (place.join().await, place.join().await);
    keep(&*one, 1_000).await;
    for number in 0..50 {
        append(&*one, number).await;
    }
    let mut consumer = consume(&*other, reader("all")).await;
    for number in 50..100 {
        append(&*one, number).await;
    }
    for number in 0..100_u64 {
        let delivery = handed(&mut consumer).await;
        assert_eq!(text(&delivery.message), number.to_string());
        assert_eq!((delivery.sequence, delivery.times), (number + 1, 1));
        assert_eq!(delivery.message.subject.as_str(), "k.sale");
        delivery.done().await.expect("it is settled");
    }
}

pub async fn a_consumer_goes_on_where_it_has_stopped(place: &impl Place) {
    let bus = place.join().await;
    keep(&*bus, 1_000).await;
    for number in 0..10 {
        append(&*bus, number).await;
    }
    let mut consumer = consume(&*bus, reader("all")).await;
    for number in 0..4 {
        deal_with(&mut consumer, number).await;
    }
    drop(consumer);
    append(&*bus, 10).await;
    let later = place.join().await;
    // What the first one was handed without being done with it comes again some time; that is another test.
    let mut rest = Vec::new();
    let mut consumer = consume(&*later, reader("all")).await;
    while rest.last() != Some(&10) {
        let delivery = handed(&mut consumer).await;
        rest.push(text(&delivery.message).parse::<usize>().expect("a number"));
        delivery.done().await.expect("it is settled");
    }
    assert!(
        rest.iter().all(|number| *number >= 4),
        "again, although done with: {rest:?}"
    );
}

pub async fn what_is_not_done_comes_again(place: &impl Place) {
    let bus = place.join().await;
    keep(&*bus, 1_000).await;
    append(&*bus, 0).await;
    let mut consumer = consume(&*bus, reader("all")).await;
    for times in 1..4 {
        let delivery = handed(&mut consumer).await;
        assert_eq!((text(&delivery.message), delivery.times), ("0".to_owned(), times));
        delivery.again().await.expect("it is settled");
    }
    deal_with(&mut consumer, 0).await;
    silent(consumer.next()).await;
}

pub async fn what_takes_too_long_comes_again(place: &impl Place) {
    let bus = place.join().await;
    keep(&*bus, 1_000).await;
    append(&*bus, 0).await;
    let options = ConsumerOptions {
        again_after: Duration::from_millis(50),
        ..reader("all")
    };
    let mut consumer = consume(&*bus, options).await;
    let first = handed(&mut consumer).await;
    let second = handed(&mut consumer).await;
    assert_eq!((first.times, second.times), (1, 2));
    assert_eq!(text(&first.message), text(&second.message));
    second.done().await.expect("it is settled");
}

pub async fn those_of_one_name_share_the_work_and_each_name_has_all_of_it(place: &impl Place) {
    const MESSAGES: usize = 200;
    let (one, other) = (place.join().await, place.join().await);
    keep(&*one, 1_000).await;
    let mut left = consume(&*one, reader("workers")).await;
    let mut right = consume(&*other, reader("workers")).await;
    let mut alone = consume(&*other, reader("alone")).await;
    for number in 0..MESSAGES {
        append(&*one, number).await;
    }
    let mut done = Vec::new();
    while done.len() < MESSAGES {
        let delivery = tokio::select! {
            delivery = handed(&mut left) => delivery,
            delivery = handed(&mut right) => delivery,
        };
        done.push(text(&delivery.message).parse::<usize>().expect("a number"));
        delivery.done().await.expect("it is settled");
    }
    done.sort_unstable();
    assert_eq!(done, (0..MESSAGES).collect::<Vec<_>>(), "each once");
    for number in 0..MESSAGES {
        deal_with(&mut alone, number).await;
    }
}

pub async fn only_what_was_asked_for_is_handed_out(place: &impl Place) {
    let bus = place.join().await;
    keep(&*bus, 1_000).await;
    for number in 0..30 {
        append_to(&*bus, ["k.sale.1", "k.sale.2", "k.lot.1"][number % 3], number).await;
    }
    let options = ConsumerOptions {
        only: Some("k.*.1".parse().expect("a pattern")),
        ..reader("ones")
    };
    let mut consumer = consume(&*bus, options).await;
    for number in (0..30).filter(|number| number % 3 != 1) {
        deal_with(&mut consumer, number).await;
    }
    silent(consumer.next()).await;
}

pub async fn a_consumer_is_not_handed_more_than_it_can_be_done_with(place: &impl Place) {
    let bus = place.join().await;
    keep(&*bus, 10_000).await;
    for number in 0..=UNDER_WAY_MAX {
        append(&*bus, number).await;
    }
    let mut consumer = consume(&*bus, reader("slow")).await;
    let mut under_way = Vec::new();
    for _ in 0..UNDER_WAY_MAX {
        under_way.push(handed(&mut consumer).await);
    }
    silent(consumer.next()).await;
    let first = under_way.swap_remove(0);
    first.done().await.expect("it is settled");
    deal_with(&mut consumer, UNDER_WAY_MAX).await;
}

pub async fn a_stream_keeps_the_newest(place: &impl Place) {
    let bus = place.join().await;
    keep(&*bus, 10).await;
    for number in 0..25 {
        append(&*bus, number).await;
    }
    let mut consumer = consume(&*bus, reader("late")).await;
    for number in 15..25 {
        deal_with(&mut consumer, number).await;
    }
    // What it keeps can be changed.
    keep(&*bus, 30).await;
    for number in 25..50 {
        append(&*bus, number).await;
    }
    let mut consumer = consume(&*bus, reader("later")).await;
    for number in 20..50 {
        deal_with(&mut consumer, number).await;
    }
}

pub async fn what_is_kept_is_heard_too_and_is_no_request(place: &impl Place) {
    let (one, other) = (place.join().await, place.join().await);
    keep(&*one, 1_000).await;
    let mut subscription = listen(&*other, "k.sale", None).await;
    append(&*one, 0).await;
    let received = heard(&mut subscription).await;
    assert_eq!(text(&received.message), "0");
    assert!(
        !received.is_request(),
        "whoever appends waits for the stream alone"
    );
}

pub async fn what_no_stream_keeps_is_refused(place: &impl Place) {
    let bus = place.join().await;
    keep(&*bus, 1_000).await;
    let refused = bus.append("id".to_owned(), message("other", "")).await;
    let what = "other".to_owned();
    assert_eq!(refused, Err(Error::NotKept { what }));
    let options = ConsumerOptions {
        stream: "nothing".to_owned(),
        ..reader("all")
    };
    let refused = bus.consume(options).await.map(drop);
    let what = "nothing".to_owned();
    assert_eq!(refused, Err(Error::NotKept { what }));
}
