//! The engine against the practice services: every state a change can reach, over a real socket and a real database.

mod added;
mod damaged;
mod edited_flow;
mod edits;
mod flows;
mod given;
mod hostile;
mod journal;
mod kept;
mod limits;
mod looked_at;
mod mannco_store;
mod neighbours;
mod own_manifest;
mod practice_mails;
mod support;
mod trust;
mod webshare;
mod wire;
mod z_api;
