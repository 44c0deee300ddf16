//! Sales, lots, registrations and results in the JSON forms of the REST API.

use super::{RulesInput, schema};
use bytes::Bytes;
use gavel_engine::ids::{LotId, Paddle, SaleId, UserId};
use gavel_engine::{money::Amount, rules::RuleSet, time::Timestamp};
pub use gavel_storage::relational::{BookVisibility, LotResult, RegistrationStatus, SaleKind, SaleStatus};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// For whom an answer is made. The rights themselves are checked before the catalogue is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Anyone: no drafts, no reserves, no sellers.
    Public,
    /// Those who run sales.
    Staff,
}

/// A sale as staff enter it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaleInput {
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// At most 10,000 characters.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub description: String,
    /// At most 200 characters.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub location: String,
    /// How it is held.
    pub kind: SaleKind,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Unix milliseconds.
    #[schema(value_type = i64)]
    pub starts_at_ms: Timestamp,
    /// Registrations need no approval.
    pub auto_approve: bool,
    /// What staff see of absentee maxima.
    pub book_visibility: BookVisibility,
    /// For timed sales: when the first of the lots closes whose rules say neither `closes_at_ms` nor
    /// `runs`. They get their `closes_at_ms` when the sale is published, in the order of their numbers.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub first_close_at_ms: Option<Timestamp>,
    /// How long after the one before each of those lots closes, milliseconds, at most a day; 0 closes all at
    /// once. To be given with `first_close_at_ms`, and only with it.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 86_400_000)]
    pub close_every_ms: Option<i64>,
}

/// Changes to a draft sale; what is absent stays, what is null is cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaleEdit {
    /// As in [`SaleInput`].
    pub title: Option<String>,
    /// As in [`SaleInput`].
    pub description: Option<String>,
    /// As in [`SaleInput`].
    pub location: Option<String>,
    /// As in [`SaleInput`].
    pub kind: Option<SaleKind>,
    /// As in [`SaleInput`].
    pub currency: Option<String>,
    /// As in [`SaleInput`].
    #[schema(value_type = Option<i64>)]
    pub starts_at_ms: Option<Timestamp>,
    /// As in [`SaleInput`].
    pub auto_approve: Option<bool>,
    /// As in [`SaleInput`].
    pub book_visibility: Option<BookVisibility>,
    /// As in [`SaleInput`].
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub first_close_at_ms: Option<Option<Timestamp>>,
    /// As in [`SaleInput`].
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub close_every_ms: Option<Option<i64>>,
}

/// A lot as staff enter it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotInput {
    /// 1 to 99999, then at most two letters; unique in the sale. Lots are sold in this order.
    #[schema(pattern = "^[1-9][0-9]{0,4}[A-Z]{0,2}$", example = "12A")]
    pub number: String,
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// At most 200 characters.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub artist: String,
    /// At most 20,000 characters.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub description: String,
    /// Minor units of the sale's currency.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub estimate_low_minor: Option<Amount>,
    /// Minor units of the sale's currency.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub estimate_high_minor: Option<Amount>,
    /// How it is sold.
    #[schema(value_type = schema::Rules)]
    pub rules: RulesInput,
    /// The consignor's account, who may not bid. The same as `rules.seller`; either may be given.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    pub seller_id: Option<UserId>,
}

/// Changes to a lot of a draft sale; what is absent stays, what is null is cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotEdit {
    /// As in [`LotInput`].
    pub number: Option<String>,
    /// As in [`LotInput`].
    pub title: Option<String>,
    /// As in [`LotInput`].
    pub artist: Option<String>,
    /// As in [`LotInput`].
    pub description: Option<String>,
    /// As in [`LotInput`].
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub estimate_low_minor: Option<Option<Amount>>,
    /// As in [`LotInput`].
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub estimate_high_minor: Option<Option<Amount>>,
    /// As in [`LotInput`]; replaced as a whole.
    #[schema(value_type = Option<schema::Rules>)]
    pub rules: Option<RulesInput>,
    /// As in [`LotInput`].
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub seller_id: Option<Option<UserId>>,
}

/// Tells a null, which clears a field, from an absent field, which leaves it.
#[expect(clippy::option_option, reason = "absent, null and given are three cases")]
fn present<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(from).map(Some)
}

/// A sale in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaleSummary {
    /// The sale.
    #[schema(value_type = Uuid)]
    pub id: SaleId,
    /// Its title.
    pub title: String,
    /// What is sold, and how.
    pub description: String,
    /// Where it is held.
    pub location: String,
    /// How it is held.
    pub kind: SaleKind,
    /// ISO 4217.
    pub currency: String,
    /// Decimals of the currency's minor unit.
    pub exponent: u32,
    /// Unix milliseconds.
    #[schema(value_type = i64)]
    pub starts_at_ms: Timestamp,
    /// Where it stands.
    pub status: SaleStatus,
    /// How many lots it has.
    pub lot_count: u64,
    /// The lot that is being sold, in a room.
    #[schema(value_type = Option<Uuid>, required)]
    pub current_lot_id: Option<LotId>,
    /// The first lot with a picture.
    #[schema(value_type = Option<Uuid>, required)]
    pub cover_lot_id: Option<LotId>,
    /// When the first of the lots closes that do not say so themselves, in a timed sale; Unix milliseconds.
    #[schema(value_type = Option<i64>, required)]
    pub first_close_at_ms: Option<Timestamp>,
    /// How long after the one before each of those lots closes, milliseconds.
    #[schema(required)]
    pub close_every_ms: Option<i64>,
}

/// A sale with its lots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sale {
    /// What lists show of it too.
    #[serde(flatten)]
    pub summary: SaleSummary,
    /// Registrations need no approval.
    pub auto_approve: bool,
    /// What staff see of absentee maxima.
    pub book_visibility: BookVisibility,
    /// In the order of their numbers.
    pub lots: Vec<Lot>,
}

/// A lot of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lot {
    /// The lot.
    #[schema(value_type = Uuid)]
    pub id: LotId,
    /// Its sale.
    #[schema(value_type = Uuid)]
    pub sale_id: SaleId,
    /// Place in the running order, from 1.
    pub position: u32,
    /// Number in the catalogue.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Who made it.
    pub artist: String,
    /// What it is.
    pub description: String,
    /// Minor units.
    #[schema(value_type = Option<i64>, required)]
    pub estimate_low_minor: Option<Amount>,
    /// Minor units.
    #[schema(value_type = Option<i64>, required)]
    pub estimate_high_minor: Option<Amount>,
    /// How it is sold; reserve and seller are null for all but staff.
    #[schema(value_type = schema::Rules)]
    pub rules: RuleSet,
    /// The consignor's account; null for all but staff.
    #[schema(value_type = Option<Uuid>, required)]
    pub seller_id: Option<UserId>,
    /// There is something to get at the lot's `picture`.
    pub has_picture: bool,
}

/// A bidder's place in a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Registration {
    /// The sale.
    #[schema(value_type = Uuid)]
    pub sale_id: SaleId,
    /// The bidder.
    #[schema(value_type = Uuid)]
    pub user_id: UserId,
    /// What the bidder signs in with.
    pub name: String,
    /// What others see.
    pub display_name: String,
    /// Number in the sale.
    #[schema(value_type = u32)]
    pub paddle: Paddle,
    /// Whether the bidder may bid.
    pub status: RegistrationStatus,
    /// When the bidder registered, Unix milliseconds.
    #[schema(value_type = i64)]
    pub at_ms: Timestamp,
    /// What the bidder may be bound to in the sale at once, minor units; null is without bound.
    #[schema(value_type = Option<i64>, required)]
    pub limit_minor: Option<Amount>,
}

/// A bidder's limit in a sale, as staff set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitInput {
    /// From 0 to 10^15 minor units of the sale's currency; null is without bound. Not to be left out.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<i64>, required, minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub limit_minor: Option<Amount>,
}

/// A bidder's limit over all sales in a currency, as staff set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditInput {
    /// From 0 to 10^15 minor units.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub limit_minor: Amount,
}

/// How far a bidder may go over all sales in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Credit {
    /// ISO 4217.
    pub currency: String,
    /// What the bidder may be bound to at once over all sales in this currency, minor units; null is
    /// without bound.
    #[schema(value_type = Option<i64>, required)]
    pub limit_minor: Option<Amount>,
    /// What the bidder is bound to now by the sales in this currency that have not ended, minor units.
    #[schema(value_type = i64)]
    pub exposure_minor: Amount,
}

/// How a lot ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultView {
    /// The lot.
    #[schema(value_type = Uuid)]
    pub lot_id: LotId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Sold or not.
    pub result: LotResult,
    /// The hammer price in minor units, when sold.
    #[schema(value_type = Option<i64>, required)]
    pub price_minor: Option<Amount>,
    /// The winner's number, when sold to one who has one.
    #[schema(value_type = Option<u32>, required)]
    pub winner_paddle: Option<Paddle>,
    /// Unix milliseconds.
    #[schema(value_type = i64)]
    pub closed_at_ms: Timestamp,
}

/// Answer to a list of sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaleList {
    /// The latest first.
    pub sales: Vec<SaleSummary>,
}

/// Answer to a list of lots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LotList {
    /// In the order of their numbers.
    pub lots: Vec<Lot>,
}

/// Answer to a list of registrations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegistrationList {
    /// Those of a sale in the order of paddles; those of a bidder with the latest sale first.
    pub registrations: Vec<Registration>,
}

/// Answer to a list of results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultList {
    /// In the order of lots; only lots that are closed.
    pub results: Vec<ResultView>,
}

/// What a picture is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `image/svg+xml`, without anything that runs or loads.
    Svg,
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/webp`
    Webp,
}

impl MediaType {
    /// For `Content-Type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

/// A lot's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Strong, of the content; without the quotes of `ETag`.
    pub etag: String,
    /// Anyone may see it; otherwise its sale is a draft.
    pub is_public: bool,
    /// `None` when the client has it already.
    pub content: Option<PictureContent>,
}

/// What a picture consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureContent {
    /// For `Content-Type`.
    pub media_type: String,
    /// The content.
    pub bytes: Bytes,
}
