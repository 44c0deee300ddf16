//! Accounts and sessions through the actor: signing up and in, refresh tokens and their theft.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod common;

use common::{CLOCK_START_MS, Node, PASSWORD, sign_up};
use gavel_actors::users::{
    ACCESS_TOKEN_LIFE_MS, CheckToken, Error, InactiveReason, Locale, Me, Password, REFRESH_TOKEN_LIFE_MS,
    Refresh, RefreshToken, Role, SeedUser, SignIn, SignOut, SignUp, SignedIn, Users,
};
use gavel_engine::ids::UserId;
use gavel_storage::relational::LOST_ANSWER_MS;

fn sign_in(name: &str, password: &str) -> SignIn {
    SignIn {
        name: name.to_owned(),
        password: Password::new(password),
        refresh_in_body: false,
    }
}

async fn refresh(users: &Users, token: &RefreshToken) -> Result<SignedIn, Error> {
    users
        .send(Refresh {
            refresh_token: token.clone(),
        })
        .await
}

/// The code with which a refresh is refused.
async fn refusal(users: &Users, token: &RefreshToken) -> &'static str {
    refresh(users, token).await.unwrap_err().code()
}

#[actix::test]
async fn sign_up_then_in_then_me() {
    let node = Node::start().await;
    let signed_up = node.users.send(sign_up("Jane.Doe")).await.unwrap();
    let user = &signed_up.session.user;
    assert_eq!(
        (user.name.as_str(), user.role, user.locale),
        ("jane.doe", Role::Bidder, Locale::En)
    );
    assert_eq!(
        signed_up.session.expires_at_ms.as_ms(),
        CLOCK_START_MS + ACCESS_TOKEN_LIFE_MS
    );
    assert_eq!(
        signed_up.refresh_expires_at_ms.as_ms(),
        CLOCK_START_MS + REFRESH_TOKEN_LIFE_MS
    );

    let signed_in = node.users.send(sign_in("JANE.doe", PASSWORD)).await.unwrap();
    assert_eq!(signed_in.session.user, *user);
    assert_ne!(signed_in.refresh_token, signed_up.refresh_token);
    assert_eq!(node.users.send(Me { user_id: user.id }).await.unwrap(), *user);
    let identity = node.verifier.verify(&signed_in.session.access_token).unwrap();
    assert_eq!(
        (identity.user_id, identity.role, identity.name.as_str()),
        (user.id, Role::Bidder, "jane.doe")
    );
}

#[actix::test]
async fn the_refresh_token_is_in_the_body_only_when_asked_for() {
    let node = Node::start().await;
    let signed_up = node.users.send(sign_up("jane")).await.unwrap();
    let token = signed_up.refresh_token.as_str().to_owned();
    let body = |in_body| serde_json::to_value(signed_up.clone().into_session(in_body)).unwrap();
    assert_eq!(body(false).get("refresh_token"), None);
    assert_eq!(body(true)["refresh_token"], token.as_str());
    let mut keys: Vec<_> = body(true)["user"].as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["display_name", "email", "id", "locale", "name", "role"]);
    assert!(!format!("{signed_up:?}").contains(&token), "a log shows no token");
    assert!(
        !format!("{:?}", sign_up("jane")).contains(PASSWORD),
        "nor a password"
    );
}

#[actix::test]
async fn of_many_simultaneous_sign_ups_for_one_name_one_wins() {
    let node = Node::start().await;
    let attempts = futures_util::future::join_all((0..24).map(|n| {
        // Different cases are the same name.
        node.users.send(sign_up(if n % 2 == 0 { "jane" } else { "JANE" }))
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = attempts.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for error in lost {
        assert_eq!(error.unwrap_err().code(), "name_taken");
    }
    assert_eq!(node.store.users().count().await.unwrap(), 1);
    assert!(node.users.send(sign_in("jane", PASSWORD)).await.is_ok());
}

#[actix::test]
async fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let node = Node::start().await;
    node.users.send(sign_up("jane")).await.unwrap();
    let too_long = "x".repeat(1000);
    for (name, password) in [
        ("jane", "wrong password"),
        ("nobody", PASSWORD),
        ("jane", ""),
        ("jane", &too_long),
        ("", PASSWORD),
        ("jane' --", PASSWORD),
    ] {
        let error = node.users.send(sign_in(name, password)).await.unwrap_err();
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            ("bad_credentials", "name or password is wrong")
        );
    }
}

#[actix::test]
async fn every_bad_field_is_named_and_nothing_is_stored() {
    let node = Node::start().await;
    let bad = SignUp {
        name: "j d".to_owned(),
        display_name: "\n".to_owned(),
        email: Some("nowhere".to_owned()),
        password: Password::new("short"),
        locale: None,
        refresh_in_body: false,
    };
    let error = node.users.send(bad).await.unwrap_err();
    assert_eq!(error.code(), "validation");
    let fields: Vec<&str> = error.fields().iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["name", "display_name", "email", "password"]);
    assert_eq!(node.store.users().count().await.unwrap(), 0);
}

#[actix::test]
async fn requests_under_way_are_bounded() {
    let node = Node::start_with(|config| config.requests_max = 2).await;
    let attempts =
        futures_util::future::join_all((0..5).map(|_| node.users.send(sign_in("jane", PASSWORD)))).await;
    let busy = attempts
        .iter()
        .filter(|attempt| matches!(attempt, Err(Error::Busy)))
        .count();
    assert_eq!(busy, 3);
    assert_eq!(Error::Busy.code(), "unavailable");
}

#[actix::test]
async fn each_refresh_token_works_once() {
    let node = Node::start().await;
    let first = node.users.send(sign_up("jane")).await.unwrap();
    node.clock.advance_ms(ACCESS_TOKEN_LIFE_MS);
    let second = refresh(&node.users, &first.refresh_token).await.unwrap();
    assert_ne!(first.refresh_token, second.refresh_token);
    assert!(node.verifier.verify(&second.session.access_token).is_ok());
    let third = refresh(&node.users, &second.refresh_token).await.unwrap();

    let other_session = node.users.send(sign_in("jane", PASSWORD)).await.unwrap();
    assert_eq!(refusal(&node.users, &first.refresh_token).await, "refresh_reused");
    for stolen in [&third, &second, &first] {
        let code = refusal(&node.users, &stolen.refresh_token).await;
        assert_eq!(code, "refresh_invalid", "the whole family is revoked");
    }
    assert!(
        refresh(&node.users, &other_session.refresh_token).await.is_ok(),
        "other sessions go on"
    );
}

#[actix::test]
async fn theft_is_detected_after_a_restart() {
    let node = Node::start().await;
    let first = node.users.send(sign_up("jane")).await.unwrap();
    let second = refresh(&node.users, &first.refresh_token).await.unwrap();
    let node = node.restart().await;
    node.clock.advance_ms(LOST_ANSWER_MS + 1);
    assert!(
        node.verifier.verify(&second.session.access_token).is_ok(),
        "the key is the same"
    );
    assert_eq!(refusal(&node.users, &first.refresh_token).await, "refresh_reused");
    let node = node.restart().await;
    assert_eq!(
        refusal(&node.users, &second.refresh_token).await,
        "refresh_invalid"
    );
    assert!(node.users.send(sign_in("jane", PASSWORD)).await.is_ok());
}

#[actix::test]
async fn after_a_lost_answer_the_old_token_works_again_and_theft_still_shows() {
    let node = Node::start().await;
    let first = node.users.send(sign_up("jane")).await.unwrap();
    let lost = refresh(&node.users, &first.refresh_token).await.unwrap();
    node.clock.advance_ms(LOST_ANSWER_MS);
    let second = refresh(&node.users, &first.refresh_token).await.unwrap();
    // The answer was not lost: somebody else has it.
    assert_eq!(refusal(&node.users, &lost.refresh_token).await, "refresh_reused");
    let code = refusal(&node.users, &second.refresh_token).await;
    assert_eq!(code, "refresh_invalid", "the whole family is revoked");
}

#[actix::test]
async fn of_simultaneous_uses_of_one_refresh_token_one_successor_goes_on() {
    let node = Node::start().await;
    let first = node.users.send(sign_up("jane")).await.unwrap();
    let attempts =
        futures_util::future::join_all((0..8).map(|_| refresh(&node.users, &first.refresh_token))).await;
    node.clock.advance_ms(1);
    let successors: Vec<_> = attempts.into_iter().map(Result::unwrap).collect();
    let mut codes = Vec::new();
    for successor in &successors {
        let attempt = refresh(&node.users, &successor.refresh_token).await;
        codes.push(attempt.as_ref().map_or_else(Error::code, |_| "ok"));
    }
    let count = |code| codes.iter().filter(|one| **one == code).count();
    assert!(count("ok") <= 1, "{codes:?}");
    assert_eq!(
        count("refresh_reused"),
        1,
        "a superseded one ends the family: {codes:?}"
    );
}

#[actix::test]
async fn refresh_tokens_expire_and_strange_ones_are_refused() {
    let node = Node::start().await;
    let first = node.users.send(sign_up("jane")).await.unwrap();
    node.clock.advance_ms(REFRESH_TOKEN_LIFE_MS - 1);
    let second = refresh(&node.users, &first.refresh_token).await.unwrap();
    node.clock.advance_ms(REFRESH_TOKEN_LIFE_MS);
    assert_eq!(
        refusal(&node.users, &second.refresh_token).await,
        "refresh_invalid"
    );
    for strange in [
        "",
        "gvr_",
        "'; drop table users; --",
        second.session.access_token.as_str(),
    ] {
        let code = refusal(&node.users, &RefreshToken::new(strange)).await;
        assert_eq!(code, "refresh_invalid", "{strange:?}");
    }
    assert_eq!(
        node.store
            .tokens()
            .purge_expired(gavel_actors::clock::Clock::now(&*node.clock))
            .await
            .unwrap(),
        2
    );
}

#[actix::test]
async fn sign_out_ends_the_session() {
    let node = Node::start().await;
    let first = node.users.send(sign_up("jane")).await.unwrap();
    let second = refresh(&node.users, &first.refresh_token).await.unwrap();
    let sign_out = SignOut {
        refresh_token: second.refresh_token.clone(),
    };
    node.users.send(sign_out.clone()).await.unwrap();
    node.users.send(sign_out).await.unwrap();
    node.users
        .send(SignOut {
            refresh_token: RefreshToken::new("unknown"),
        })
        .await
        .unwrap();
    assert_eq!(
        refusal(&node.users, &second.refresh_token).await,
        "refresh_invalid"
    );
}

#[actix::test]
async fn operators_open_accounts_of_any_role_once() {
    let node = Node::start().await;
    let seed = SeedUser {
        name: "Clerk".to_owned(),
        display_name: "The clerk".to_owned(),
        email: None,
        password: Password::new(PASSWORD),
        role: Role::Auctioneer,
        locale: Locale::Ru,
    };
    let user = node.users.send(seed.clone()).await.unwrap();
    assert_eq!(
        (user.name.as_str(), user.role, user.locale),
        ("clerk", Role::Auctioneer, Locale::Ru)
    );
    assert_eq!(node.users.send(seed).await.unwrap_err().code(), "name_taken");
    let signed_in = node.users.send(sign_in("clerk", PASSWORD)).await.unwrap();
    assert!(
        node.verifier
            .verify(&signed_in.session.access_token)
            .unwrap()
            .role
            .is_staff()
    );
}

#[actix::test]
async fn token_check_says_why_not() {
    let node = Node::start().await;
    let signed_up = node.users.send(sign_up("jane")).await.unwrap();
    let token = signed_up.session.access_token;
    let check = node
        .users
        .send(CheckToken { token: token.clone() })
        .await
        .unwrap();
    assert_eq!(
        (check.active, check.reason, check.role),
        (true, None, Some(Role::Bidder))
    );
    assert_eq!(check.user_id, Some(signed_up.session.user.id));
    let forged = node
        .users
        .send(CheckToken {
            token: format!("{token}x"),
        })
        .await
        .unwrap();
    assert_eq!(
        serde_json::to_value(forged).unwrap(),
        serde_json::json!({"active": false, "reason": "invalid"})
    );
    node.clock.advance_ms(ACCESS_TOKEN_LIFE_MS);
    let expired = node.users.send(CheckToken { token }).await.unwrap();
    assert_eq!(
        (expired.active, expired.reason),
        (false, Some(InactiveReason::Expired))
    );
}

#[actix::test]
async fn an_unknown_account_is_not_found() {
    let node = Node::start().await;
    let error = node.users.send(Me { user_id: UserId(7) }).await.unwrap_err();
    assert_eq!(error.code(), "not_found");
}
