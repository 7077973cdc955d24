//! What is said where there is no window: an answer or a complaint in the terminal.
//!
//! On Windows a program with a window has no terminal: it asks for the one it was started from, only for these words. It did not
//! get one where it was opened by a double-click; a complaint is shown in a box then. Not here: the words.

use std::io::Write as _;

/// To who asked for it.
pub fn answer(text: &str) {
    terminal();
    // A closed pipe is the reader's choice.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Why there is no window.
pub fn complain(text: &str) {
    if terminal() {
        let _ = writeln!(std::io::stderr(), "{text}");
    } else {
        show_box(text);
    }
}

/// Whether what is printed is seen by anybody, after the terminal was asked for. What is redirected stays so.
#[cfg(windows)]
#[expect(unsafe_code, reason = "a call of the system")]
fn terminal() -> bool {
    use std::os::windows::io::AsRawHandle as _;
    use windows_sys::Win32::System::Console::{ATTACH_PARENT_PROCESS, AttachConsole};
    // SAFETY: it takes a number. It fails where there is one already, or none to be had.
    let attached = unsafe { AttachConsole(ATTACH_PARENT_PROCESS) } != 0;
    attached || !std::io::stderr().as_raw_handle().is_null()
}

#[cfg(not(windows))]
fn terminal() -> bool {
    true
}

#[cfg(windows)]
#[expect(unsafe_code, reason = "a call of the system")]
fn show_box(text: &str) {
    use windows_sys::Win32::UI::WindowsAndMessaging::{MB_ICONERROR, MB_OK, MessageBoxW};
    let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
    let (text, title) = (wide(text), wide("Readdress"));
    // SAFETY: both texts end with their zero and live until the box is closed; a box without an owner needs no window.
    unsafe {
        MessageBoxW(
            std::ptr::null_mut(),
            text.as_ptr(),
            title.as_ptr(),
            MB_OK | MB_ICONERROR,
        );
    }
}

#[cfg(not(windows))]
fn show_box(_: &str) {}
