//! Practice: Z-API, Webshare and Mannco.store played on loopback, with a mailbox for what they send.
//!
//! ```text
//! Sandbox ── Knobs ── Shared ── World     the state; pure: clock, accounts, mailbox, faults, counters
//!    │                   │
//!    └ server, wire, tls └ play           sockets; an answer onto the wire, or a fault in its place
//! z_api/ webshare/ mannco_store/          what each service answers, from its documentation
//! outbox, lmtp                            mails handed on to a real mail server, where one is named
//! control                                 every knob over HTTP, for scripts
//! ```
//!
//! This room imports nothing of the product and shares no code with it: it judges the product, so it must
//! not make the same mistakes. Not here: any call of a real service.

mod account_json;
mod accounts;
mod address;
mod call;
mod clock;
mod codes;
mod control;
mod counters;
mod faults;
mod knobs;
mod limits;
mod lmtp;
mod mail_shapes;
mod mail_texts;
mod mailbox;
mod mannco_store;
mod outbox;
mod pending;
mod play;
mod practice;
mod recorder;
mod sandbox;
mod saved;
mod server;
mod service;
mod settings;
mod shared;
mod tls;
mod webshare;
mod wire;
mod world;
mod z_api;

pub use counters::{Count, CountOf, SeenRequest};
pub use faults::{Fault, FaultKind, RetryAfter};
pub use knobs::Knobs;
pub use mail_shapes::{CodeForm, Language, Shape};
pub use mailbox::Mail;
pub use mannco_store::ManncoAccount;
pub use outbox::Undelivered;
pub use pending::Pending;
pub use practice::{PracticeAccount, practice_accounts};
pub use recorder::Arrived;
pub use sandbox::{Options, Sandbox, Urls};
pub use service::Service;
pub use settings::{
    Delivery, Envelope, FieldErrors, MailSettings, ManncoSettings, Settings, Texts,
    WebshareSettings, ZApiSettings,
};
pub use tls::{TlsFront, TlsKind};
pub use webshare::WebshareAccount;
pub use z_api::{ClientTokenMissing, RequestAnswer, ZApiAccount};
