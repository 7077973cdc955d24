//! Manifests: a service's API as data. One TOML file per service; nothing in core knows a service by name.
//!
//! Way of a manifest: `source` (the TOML format) → `parse` (checks, with places and hints) → `model` (ready for use)
//! → `render` (a step and a profile's values become a call) → the sender → `answer` (what came back means this).
//! Not here: sending (`http`), what a change does with a meaning (`change::machine`).

mod answer;
mod calls;
mod catalog;
mod curl;
mod encode;
mod fault;
mod file;
mod masked;
mod matcher;
mod mistakes;
mod model;
mod needs;
mod parse;
mod parse_limits;
mod parse_parts;
mod parse_rule;
mod parse_step;
mod parse_waits;
mod pasted;
mod pointer;
mod profile;
mod render;
mod shell_words;
mod sketch;
mod source;
mod strict;
mod template;
mod waits;

pub use answer::{Meaning, Retry, Rule, Shown, Shows, Verdict, judge};
pub use catalog::Catalog;
pub use fault::Fault;
pub use file::ServiceFile;
pub use matcher::{BodyRule, Matcher, Status};
pub use mistakes::VALUES;
pub use model::{
    BaseUrl, Body, Field, Limit, LimitOf, Login, Manifest, SentTo, Step, Times, Tree, What,
};
pub use needs::{Needs, needs};
pub use pasted::{Pasted, read_pasted};
pub use pointer::Pointer;
pub use render::{Inputs, Rendered, preview, render};
pub use sketch::Sketch;
pub use source::json_schema;
pub use template::{Piece, Template};
pub use waits::WaitsFor;
