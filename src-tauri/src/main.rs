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
    draw_without_gpu();
    readdress_shell::run(std::env::args_os().skip(1))
}

/// On Linux WebKit draws through the graphics card's buffers (DMABUF), which costs some 60 MiB and, with some drivers, shows a
/// blank window. A page of forms needs neither. Whoever set the variable keeps their choice.
fn draw_without_gpu() {
    const DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if cfg!(target_os = "linux") && std::env::var_os(DMABUF).is_none() {
        #[expect(
            unsafe_code,
            reason = "nothing else runs yet that could read the environment"
        )]
        // SAFETY: first thing in `main`, before any thread is started.
        unsafe {
            std::env::set_var(DMABUF, "1");
        }
    }
}
