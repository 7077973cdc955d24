//! `readdress-cli`: Readdress without a window, for scripts and servers.
//!
//! ```text
//! args ─► commands/* ─► Answer ─► console     one answer on stdout, everything else on stderr
//!             │            └ exit             0 done · 1 did not work · 2 usage · 3 outcome unknown · 4 vault
//!             └ readdress-core                everything that must be right
//! ```
//!
//! Not here: what a change does (core), sentences (`text/*.json`).

mod answer;
mod args;
mod change_text;
mod commands;
mod console;
mod documents;
mod environment;
mod exit;
mod given;
mod log;
mod served;
mod shell;
mod table;
mod told;
mod usage;
mod when;

use std::process::ExitCode;

use clap::Parser;
use readdress_core::error::Code;
use readdress_text::{clean, words};
use zeroizing_alloc::ZeroAlloc;

use crate::answer::Failure;
use crate::args::Cli;
use crate::console::Console;

/// Whatever held a secret on the heap is overwritten when it is given back, in libraries too.
#[global_allocator]
static HEAP: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    readdress_core::process::guard();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::refuse(error).into(),
    };
    log::start();
    let console = Console::new(cli.global.json);
    // Building a TLS client panics without a provider; a second one is refused, and that is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // One thread: a command makes a handful of calls one after the other, and starting more costs more than it gives.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(cli, &console)),
        Err(_) => Err(Failure::from(Code::Internal)),
    };
    console.finish(done).into()
}
