//! The window program.
// A console window beside ours helps nobody; in a debug build it shows what is printed.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use zeroizing_alloc::ZeroAlloc;

/// Whatever held a secret on the heap is overwritten when it is given back, in libraries too. (Not in
/// WebKit, which is none of ours.)
#[global_allocator]
static HEAP: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

fn main() -> std::process::ExitCode {
    readdress_core::process::guard();
    // Writes to the environment, so nothing may run beside it before.
    readdress_shell::run(std::env::args_os().skip(1))
}
