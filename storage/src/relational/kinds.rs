//! The words that columns may hold, as types. Texts in the database and on the wire are the same.

use sea_orm::prelude::StringLen;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

macro_rules! kind {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* #[sea_orm(string_value = $text)] $variant,)+
        }

        impl $name {
            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

kind! {
    /// What an account may do.
    Role {
        /// Registers for sales and bids.
        Bidder = "bidder",
        /// Runs sales and keeps the catalogue.
        Auctioneer = "auctioneer",
        /// Everything that staff may do, and accounts.
        Admin = "admin",
    }
}

impl Role {
    /// May this role use the console and edit the catalogue?
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Auctioneer | Self::Admin)
    }
}

kind! {
    /// The language that an account reads.
    Locale {
        /// English.
        En = "en",
        /// Russian.
        Ru = "ru",
    }
}

kind! {
    /// How a sale is held.
    SaleKind {
        /// Lot after lot, by an auctioneer in a room.
        Room = "room",
        /// All lots at once, each with its own close.
        Timed = "timed",
    }
}

kind! {
    /// Where a sale stands.
    SaleStatus {
        /// Being catalogued; only staff see it.
        Draft = "draft",
        /// Catalogue final, registrations open.
        Published = "published",
        /// Being held.
        Live = "live",
        /// Over.
        Ended = "ended",
    }
}

kind! {
    /// What staff see of absentee maxima before they are needed.
    BookVisibility {
        /// Nothing.
        Hidden = "hidden",
        /// How many there are for each lot.
        Counts = "counts",
        /// Every entry.
        Full = "full",
    }
}

kind! {
    /// Whether a registered bidder may bid.
    RegistrationStatus {
        /// Waits for staff.
        Pending = "pending",
        /// May bid.
        Approved = "approved",
        /// May not bid any more.
        Suspended = "suspended",
    }
}

kind! {
    /// How a lot ended.
    LotResult {
        /// To the winner at a price.
        Sold = "sold",
        /// Passed, or below its reserve.
        Unsold = "unsold",
        /// Taken out of the sale.
        Withdrawn = "withdrawn",
        /// Combined with another lot, and sold with it.
        SoldWith = "sold_with",
    }
}
