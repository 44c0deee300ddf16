//! Who is in the demonstration: accounts that a visitor may use, and those that the simulation does.

use super::temperament::Temperament;

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Bids.
    Bidder,
    /// Runs sales.
    Auctioneer,
    /// Runs the house.
    Admin,
}

impl Role {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bidder => "bidder",
            Self::Auctioneer => "auctioneer",
            Self::Admin => "admin",
        }
    }
}

/// An account that must exist before [`super::run`].
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    /// To sign in with.
    pub name: &'static str,
    /// To sign in with.
    pub password: &'static str,
    /// As others see it.
    pub display_name: &'static str,
    /// What it may do.
    pub role: Role,
    /// Whether to tell visitors about it; the others are the simulation's own.
    pub for_visitors: bool,
}

/// One password for all: nothing here is secret.
const PASSWORD: &str = "going-going-gone";

/// The autopilot's own account, so that visitors at the console are told apart from it.
pub(super) const AUTOPILOT: DemoAccount = DemoAccount {
    name: "rostrum",
    password: PASSWORD,
    display_name: "Cordelia Vane-Hart",
    role: Role::Auctioneer,
    for_visitors: false,
};

/// The accounts to create, with their roles, before the demonstration is run.
pub const DEMO_ACCOUNTS: &[DemoAccount] = &[
    DemoAccount {
        name: "bidder",
        password: PASSWORD,
        display_name: "Alex Rowntree",
        role: Role::Bidder,
        for_visitors: true,
    },
    DemoAccount {
        name: "bidder2",
        password: PASSWORD,
        display_name: "Robin Fairweather",
        role: Role::Bidder,
        for_visitors: true,
    },
    DemoAccount {
        name: "auctioneer",
        password: PASSWORD,
        display_name: "Ottoline Marsh",
        role: Role::Auctioneer,
        for_visitors: true,
    },
    DemoAccount {
        name: "admin",
        password: PASSWORD,
        display_name: "House Manager",
        role: Role::Admin,
        for_visitors: true,
    },
    AUTOPILOT,
];

/// A simulated online bidder; signs up by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Regular {
    pub(super) name: &'static str,
    pub(super) display_name: &'static str,
    pub(super) temperament: Temperament,
    /// Share of the lots that it wants.
    pub(super) appetite: f64,
}

impl Regular {
    /// Nobody else signs in as a simulated bidder.
    pub(super) const PASSWORD: &'static str = "simulated-paddle";
}

/// The simulated online bidders.
pub(super) const REGULARS: [Regular; 9] = [
    Regular {
        name: "i.brandauer",
        display_name: "Ilse Brandauer",
        temperament: Temperament::Steady,
        appetite: 0.45,
    },
    Regular {
        name: "t.okonjo-reid",
        display_name: "Tunde Okonjo-Reid",
        temperament: Temperament::Early,
        appetite: 0.5,
    },
    Regular {
        name: "m.castellvi",
        display_name: "Mercè Castellví",
        temperament: Temperament::Late,
        appetite: 0.45,
    },
    Regular {
        name: "h.nakagiri",
        display_name: "Hiro Nakagiri",
        temperament: Temperament::Proxy,
        appetite: 0.25,
    },
    Regular {
        name: "p.lindqvist",
        display_name: "Pontus Lindqvist",
        temperament: Temperament::Bold,
        appetite: 0.35,
    },
    Regular {
        name: "a.desrosiers",
        display_name: "Anouk Desrosiers",
        temperament: Temperament::Steady,
        appetite: 0.4,
    },
    Regular {
        name: "g.farrukhzad",
        display_name: "Goli Farrukhzad",
        temperament: Temperament::Proxy,
        appetite: 0.22,
    },
    Regular {
        name: "w.abernethy",
        display_name: "Wallace Abernethy",
        temperament: Temperament::Late,
        appetite: 0.4,
    },
    Regular {
        name: "s.vukovic",
        display_name: "Sanja Vuković",
        temperament: Temperament::Early,
        appetite: 0.4,
    },
];
