//! `gavel demo`: a node with a sale that is alive.

use super::serve::{LogArgs, announce, run};
use super::signals::StopSignal;
use crate::{
    demo::{self, DEMO_ACCOUNTS},
    rest::{Demo, DemoAccount},
    serve::{Running, ServeArgs},
};
use gavel_actors::users::{self, Locale, Password, Role, SeedUser, SignIn, SignOut};
use std::process::ExitCode;
use tokio::sync::watch;

/// See the module's documentation.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    serve: ServeArgs,
    #[command(flatten)]
    log: LogArgs,
}

impl Args {
    /// Runs the node and its demonstration; returns when both have stopped.
    pub fn run(self) -> ExitCode {
        self.log.init();
        let (current_sale, sale) = watch::channel(None);
        let visitors = DEMO_ACCOUNTS.iter().filter(|account| account.for_visitors);
        let accounts = visitors
            .map(|account| DemoAccount {
                name: account.name.to_owned(),
                password: account.password.to_owned(),
                role: role(account.role),
                display_name: account.display_name.to_owned(),
            })
            .collect();
        let known = Demo {
            accounts,
            current_sale: sale,
        };
        run(&self.serve, Some(known), async |node, stop| {
            hold(node, stop, current_sale).await
        })
    }
}

async fn hold(
    node: &Running,
    mut stop: StopSignal,
    current_sale: watch::Sender<Option<uuid::Uuid>>,
) -> Result<(), String> {
    seed_accounts(node).await?;
    print_log_ins();
    let base_url = node.inside_url().ok_or("the node listens nowhere")?;
    let (end, ending) = watch::channel(false);
    let demonstration = actix_web::rt::spawn(async move { demo::run(&base_url, current_sale, ending).await });
    let ended = tokio::select! {
        () = stop.told() => None,
        ended = demonstration => Some(ended),
    };
    if let Some(ended) = ended {
        if let Ok(Err(error)) = ended {
            tracing::error!(%error, "the demonstration has ended; the node goes on");
        }
        stop.told().await;
    }
    let _ = end.send(true);
    Ok(())
}

/// Makes the accounts that are not there yet.
///
/// # Errors
/// Why there is no demonstration here.
async fn seed_accounts(node: &Running) -> Result<(), String> {
    for account in DEMO_ACCOUNTS {
        let seeded = node
            .users()
            .send(SeedUser {
                name: account.name.to_owned(),
                display_name: account.display_name.to_owned(),
                email: None,
                password: Password::new(account.password),
                role: role(account.role),
                locale: Locale::En,
            })
            .await;
        let usable = match seeded {
            Ok(_) => Ok(true),
            Err(users::Error::NameTaken) => is_ours(node, account).await,
            Err(error) => Err(error),
        };
        let name = account.name;
        match usable {
            Ok(true) => {}
            Ok(false) => {
                return Err(format!(
                    "somebody else's account is called {name:?} here: give the demonstration a directory \
                     of its own with --data"
                ));
            }
            Err(error) => {
                return Err(format!(
                    "the demonstration's account {name:?} cannot be made: {error}"
                ));
            }
        }
    }
    Ok(())
}

/// Whether an account that is there already is the one of an earlier demonstration.
async fn is_ours(node: &Running, account: &demo::DemoAccount) -> Result<bool, users::Error> {
    let sign_in = SignIn {
        name: account.name.to_owned(),
        password: Password::new(account.password),
        refresh_in_body: false,
    };
    match node.users().send(sign_in).await {
        Ok(opened) => {
            let refresh_token = opened.refresh_token;
            node.users().send(SignOut { refresh_token }).await?;
            Ok(opened.session.user.role == role(account.role))
        }
        Err(users::Error::BadCredentials) => Ok(false),
        Err(error) => Err(error),
    }
}

fn print_log_ins() {
    announce("Sign in as:");
    for account in DEMO_ACCOUNTS.iter().filter(|account| account.for_visitors) {
        let role = account.role.as_str();
        announce(&format!("  {:<12} {:<18} {role}", account.name, account.password));
    }
    announce("The console is at /console/<sale>, a link on each sale's page for those who may use it.");
}

const fn role(role: demo::Role) -> Role {
    match role {
        demo::Role::Bidder => Role::Bidder,
        demo::Role::Auctioneer => Role::Auctioneer,
        demo::Role::Admin => Role::Admin,
    }
}
