//! Why the catalogue service refused.

use super::ports::LiveUnavailable;
use crate::service::Unreached;
use gavel_engine::rules::FieldError;
use gavel_storage::relational;

/// Why the catalogue service refused. The text may be shown to the client; causes are for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields of the request make no sense.
    #[error("some fields need another value")]
    Validation(Vec<FieldError>),
    /// There is none, or the viewer may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The catalogue is final once the sale is published.
    #[error("the sale is published, its catalogue cannot be changed any more")]
    NotDraft,
    /// The sale is over.
    #[error("the sale has ended")]
    SaleEnded,
    /// The state of things does not allow it.
    #[error("{0}")]
    Conflict(&'static str),
    /// A picture is larger than [`PICTURE_BYTES_MAX`](super::PICTURE_BYTES_MAX).
    #[error("a picture may have at most 2 MiB")]
    TooLarge,
    /// Too much to do at once.
    #[error("too many requests are under way, try again in a moment")]
    Busy,
    /// The service cannot answer now.
    #[error("the catalogue cannot answer now, try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The stable code on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) => "validation",
            Self::NotFound(_) => "not_found",
            Self::NotDraft => "not_draft",
            Self::SaleEnded => "sale_ended",
            Self::Conflict(_) => "conflict",
            Self::TooLarge => "too_large",
            Self::Busy | Self::Unavailable(_) => "unavailable",
        }
    }

    /// The fields that made no sense, for `fields` of the problem details.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Validation(fields) => fields,
            _ => &[],
        }
    }

    pub(super) fn field(field: &str, message: &str) -> Self {
        Self::Validation(vec![FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        }])
    }

    pub(super) fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        tracing::error!(
            error = &cause as &dyn std::error::Error,
            "catalogue service failed"
        );
        Self::Unavailable(Box::new(cause))
    }
}

impl From<Unreached> for Error {
    fn from(unreached: Unreached) -> Self {
        match unreached {
            Unreached::Busy => Self::Busy,
            Unreached::Stopped => Self::Unavailable(Box::new(unreached)),
        }
    }
}

impl From<LiveUnavailable> for Error {
    fn from(error: LiveUnavailable) -> Self {
        Self::unavailable(error)
    }
}

impl From<relational::Error> for Error {
    fn from(error: relational::Error) -> Self {
        match error {
            relational::Error::NoSuchSale => Self::NotFound("sale"),
            relational::Error::NoSuchLot => Self::NotFound("lot"),
            relational::Error::NoSuchRegistration => Self::NotFound("registration"),
            relational::Error::NoSuchUser => Self::NotFound("user"),
            relational::Error::NotDraft => Self::NotDraft,
            relational::Error::Busy => Self::Busy,
            relational::Error::LotNumberTaken => {
                Self::field("number", "another lot of this sale has this number")
            }
            relational::Error::UnknownSeller => Self::field("seller_id", "there is no such account"),
            relational::Error::TooManyLots => Self::Conflict("a sale holds at most 2000 lots"),
            relational::Error::NoLots => Self::Conflict("a sale without lots cannot be published"),
            relational::Error::SaleEnded => Self::SaleEnded,
            error => Self::unavailable(error),
        }
    }
}
