//! Which libraries stay the system's own. Pure.
//!
//! After the list that the AppImage tools share
//! (<https://github.com/AppImageCommunity/pkg2appimage/blob/master/excludelist>), as far as Readdress needs them.

/// Never bundled: what speaks to the kernel, the graphics driver, the screen and the fonts must be the system's, or it
/// does not fit their other half. Every desktop has them.
const HOST: &[&str] = &[
    // The C library, all of it or none.
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libmvec.so.1",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
    // The graphics driver brings newer demands on the C++ library than ours.
    "libgcc_s.so.1",
    "libstdc++.so.6",
    // The graphics driver.
    "libEGL.so.1",
    "libGL.so.1",
    "libGLX.so.0",
    "libGLdispatch.so.0",
    "libOpenGL.so.0",
    "libdrm.so.2",
    "libgbm.so.1",
    "libglapi.so.0",
    // Mesa is linked with it: two of them in one process leave the window blank
    // (<https://gitlab.freedesktop.org/mesa/mesa/-/issues/11316>). All four are made of one source.
    "libwayland-client.so.0",
    "libwayland-cursor.so.0",
    "libwayland-egl.so.1",
    "libwayland-server.so.0",
    // The connection to the X server, which the driver shares.
    "libICE.so.6",
    "libSM.so.6",
    "libX11-xcb.so.1",
    "libX11.so.6",
    "libxcb-dri2.so.0",
    "libxcb-dri3.so.0",
    "libxcb.so.1",
    // Fonts: the system's settings and caches are written for its own.
    "libfontconfig.so.1",
    "libfreetype.so.6",
    "libfribidi.so.0",
    "libharfbuzz.so.0",
    // Sound, and what else belongs to any base system.
    "libasound.so.2",
    "libcom_err.so.2",
    "libexpat.so.1",
    "libgmp.so.10",
    "libgpg-error.so.0",
    "libuuid.so.1",
    "libz.so.1",
];

/// Whether the system brings the library of this name.
pub fn brings(soname: &str) -> bool {
    HOST.contains(&soname)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_window_blank_is_never_bundled() {
        for half in [
            "libwayland-client.so.0",
            "libwayland-egl.so.1",
            "libwayland-cursor.so.0",
            "libwayland-server.so.0",
            "libEGL.so.1",
            "libgbm.so.1",
            "libc.so.6",
        ] {
            assert!(brings(half), "{half}");
        }
    }

    #[test]
    fn webkit_is_ours() {
        for name in [
            "libwebkit2gtk-4.1.so.0",
            "libgtk-3.so.0",
            "libglib-2.0.so.0",
        ] {
            assert!(!brings(name), "{name}");
        }
    }
}
