//! The room on video: the place of the GStreamer relay (capture and encode once, packetise once,
//! fan out to viewers). Nothing here knows auctions: the relay is given sources and viewers, and
//! reports times of frames.
//!
//! There is no code here yet. The crate stands for the boundary: `actors` may use it, and it uses
//! neither `engine` nor `actors`.
